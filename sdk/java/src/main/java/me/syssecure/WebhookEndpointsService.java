package me.syssecure;

/** The addresses to which the server posts events. */
public final class WebhookEndpointsService {
    private final AsyncWebhookEndpointsService async;

    WebhookEndpointsService(AsyncWebhookEndpointsService async) {
        this.async = async;
    }

    /**
     * Creates an endpoint.
     *
     * @param params what to send
     * @return the endpoint with its signing secret, which is not shown again
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public WebhookEndpoint create(WebhookEndpointCreateParams params) {
        return create(params, RequestOptions.none());
    }

    /**
     * Creates an endpoint.
     *
     * @param params  what to send
     * @param options options of this call
     * @return the endpoint with its signing secret, which is not shown again
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public WebhookEndpoint create(WebhookEndpointCreateParams params, RequestOptions options) {
        return Futures.result(async.create(params, options));
    }

    /**
     * Looks an endpoint up.
     *
     * @param webhookId the id of the endpoint
     * @return the endpoint, without its secret
     * @throws NotFoundException when there is none with this id
     */
    public WebhookEndpoint get(String webhookId) {
        return get(webhookId, RequestOptions.none());
    }

    /**
     * Looks an endpoint up.
     *
     * @param webhookId the id of the endpoint
     * @param options   options of this call
     * @return the endpoint, without its secret
     * @throws NotFoundException when there is none with this id
     */
    public WebhookEndpoint get(String webhookId, RequestOptions options) {
        return Futures.result(async.get(webhookId, options));
    }

    /**
     * Lists the endpoints.
     *
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<WebhookEndpoint> list() {
        return list(ListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the endpoints.
     *
     * @param params what to list
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<WebhookEndpoint> list(ListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists the endpoints.
     *
     * @param params  what to list
     * @param options options of this call
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<WebhookEndpoint> list(ListParams params, RequestOptions options) {
        return new Page<>(Futures.result(async.list(params, options)));
    }

    /**
     * Changes an endpoint. What is not given stays.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to send
     * @return the changed endpoint
     * @throws NotFoundException   when there is none with this id
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public WebhookEndpoint update(String webhookId, WebhookEndpointUpdateParams params) {
        return update(webhookId, params, RequestOptions.none());
    }

    /**
     * Changes an endpoint. What is not given stays.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to send
     * @param options   options of this call
     * @return the changed endpoint
     * @throws NotFoundException   when there is none with this id
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public WebhookEndpoint update(String webhookId, WebhookEndpointUpdateParams params, RequestOptions options) {
        return Futures.result(async.update(webhookId, params, options));
    }

    /**
     * Deletes an endpoint.
     *
     * @param webhookId the id of the endpoint
     * @return what was deleted
     * @throws NotFoundException when there is none with this id
     */
    public Deleted delete(String webhookId) {
        return delete(webhookId, RequestOptions.none());
    }

    /**
     * Deletes an endpoint.
     *
     * @param webhookId the id of the endpoint
     * @param options   options of this call
     * @return what was deleted
     * @throws NotFoundException when there is none with this id
     */
    public Deleted delete(String webhookId, RequestOptions options) {
        return Futures.result(async.delete(webhookId, options));
    }

    /**
     * Posts an example of an event to an endpoint.
     *
     * @param webhookId the id of the endpoint
     * @return what the endpoint answered
     * @throws NotFoundException  when there is none with this id
     * @throws RateLimitException when a limit was reached
     */
    public WebhookTest test(String webhookId) {
        return test(webhookId, WebhookTestParams.builder().build(), RequestOptions.none());
    }

    /**
     * Posts an example of an event to an endpoint.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to send
     * @return what the endpoint answered
     * @throws NotFoundException  when there is none with this id
     * @throws RateLimitException when a limit was reached
     */
    public WebhookTest test(String webhookId, WebhookTestParams params) {
        return test(webhookId, params, RequestOptions.none());
    }

    /**
     * Posts an example of an event to an endpoint.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to send
     * @param options   options of this call
     * @return what the endpoint answered
     * @throws NotFoundException  when there is none with this id
     * @throws RateLimitException when a limit was reached
     */
    public WebhookTest test(String webhookId, WebhookTestParams params, RequestOptions options) {
        return Futures.result(async.test(webhookId, params, options));
    }

    /**
     * Replaces the signing secret of an endpoint.
     *
     * @param webhookId the id of the endpoint
     * @return the endpoint with its new secret, which is not shown again
     * @throws NotFoundException when there is none with this id
     */
    public WebhookEndpoint rotateSecret(String webhookId) {
        return rotateSecret(webhookId, SecretRotateParams.builder().build(), RequestOptions.none());
    }

    /**
     * Replaces the signing secret of an endpoint.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to send
     * @return the endpoint with its new secret, which is not shown again
     * @throws NotFoundException when there is none with this id
     */
    public WebhookEndpoint rotateSecret(String webhookId, SecretRotateParams params) {
        return rotateSecret(webhookId, params, RequestOptions.none());
    }

    /**
     * Replaces the signing secret of an endpoint.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to send
     * @param options   options of this call
     * @return the endpoint with its new secret, which is not shown again
     * @throws NotFoundException when there is none with this id
     */
    public WebhookEndpoint rotateSecret(String webhookId, SecretRotateParams params, RequestOptions options) {
        return Futures.result(async.rotateSecret(webhookId, params, options));
    }

    /**
     * Lists the deliveries to an endpoint, the newest first.
     *
     * @param webhookId the id of the endpoint
     * @return the first page
     * @throws NotFoundException when there is none with this id
     */
    public Page<Delivery> deliveries(String webhookId) {
        return deliveries(webhookId, DeliveryListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the deliveries to an endpoint, the newest first.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to list
     * @return the first page
     * @throws NotFoundException when there is none with this id
     */
    public Page<Delivery> deliveries(String webhookId, DeliveryListParams params) {
        return deliveries(webhookId, params, RequestOptions.none());
    }

    /**
     * Lists the deliveries to an endpoint, the newest first.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to list
     * @param options   options of this call
     * @return the first page
     * @throws NotFoundException when there is none with this id
     */
    public Page<Delivery> deliveries(String webhookId, DeliveryListParams params, RequestOptions options) {
        return new Page<>(Futures.result(async.deliveries(webhookId, params, options)));
    }

    /**
     * Sends an event to an endpoint again.
     *
     * @param webhookId the id of the endpoint
     * @param eventId   the id of the event
     * @return the delivery
     * @throws NotFoundException when there is none with this id
     */
    public Delivery redeliver(String webhookId, String eventId) {
        return redeliver(webhookId, eventId, RequestOptions.none());
    }

    /**
     * Sends an event to an endpoint again.
     *
     * @param webhookId the id of the endpoint
     * @param eventId   the id of the event
     * @param options   options of this call
     * @return the delivery
     * @throws NotFoundException when there is none with this id
     */
    public Delivery redeliver(String webhookId, String eventId, RequestOptions options) {
        return Futures.result(async.redeliver(webhookId, eventId, options));
    }

    /**
     * Sends all events that an endpoint missed.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to send
     * @return how many events are sent
     * @throws NotFoundException   when there is none with this id
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Recovery recover(String webhookId, WebhookRecoverParams params) {
        return recover(webhookId, params, RequestOptions.none());
    }

    /**
     * Sends all events that an endpoint missed.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to send
     * @param options   options of this call
     * @return how many events are sent
     * @throws NotFoundException   when there is none with this id
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Recovery recover(String webhookId, WebhookRecoverParams params, RequestOptions options) {
        return Futures.result(async.recover(webhookId, params, options));
    }

    /**
     * Lists the types of events, with an example of each.
     *
     * @return one page with all of them
     */
    public Page<EventType> eventTypes() {
        return eventTypes(RequestOptions.none());
    }

    /**
     * Lists the types of events, with an example of each.
     *
     * @param options options of this call
     * @return one page with all of them
     */
    public Page<EventType> eventTypes(RequestOptions options) {
        return new Page<>(Futures.result(async.eventTypes(options)));
    }

    /**
     * Replaces the secret that signs events to callback URLs.
     *
     * @return the new secret, which is not shown again
     */
    public CallbackSecret rotateCallbackSecret() {
        return rotateCallbackSecret(SecretRotateParams.builder().build(), RequestOptions.none());
    }

    /**
     * Replaces the secret that signs events to callback URLs.
     *
     * @param params what to send
     * @return the new secret, which is not shown again
     */
    public CallbackSecret rotateCallbackSecret(SecretRotateParams params) {
        return rotateCallbackSecret(params, RequestOptions.none());
    }

    /**
     * Replaces the secret that signs events to callback URLs.
     *
     * @param params  what to send
     * @param options options of this call
     * @return the new secret, which is not shown again
     */
    public CallbackSecret rotateCallbackSecret(SecretRotateParams params, RequestOptions options) {
        return Futures.result(async.rotateCallbackSecret(params, options));
    }
}
