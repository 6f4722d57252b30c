package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** The addresses to which the server posts events. Every method returns at once. */
public final class AsyncWebhookEndpointsService {
    private final Requester requester;

    AsyncWebhookEndpointsService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Creates an endpoint.
     *
     * @param params what to send
     * @return a future of the endpoint with its signing secret, which is not shown again
     */
    public CompletableFuture<WebhookEndpoint> create(WebhookEndpointCreateParams params) {
        return create(params, RequestOptions.none());
    }

    /**
     * Creates an endpoint.
     *
     * @param params  what to send
     * @param options options of this call
     * @return a future of the endpoint with its signing secret, which is not shown again
     */
    public CompletableFuture<WebhookEndpoint> create(WebhookEndpointCreateParams params, RequestOptions options) {
        return requester.send(Call.of("POST", "/webhooks", WebhookEndpoint::of).withBody(params.fields()), options);
    }

    /**
     * Looks an endpoint up.
     *
     * @param webhookId the id of the endpoint
     * @return a future of the endpoint, without its secret
     */
    public CompletableFuture<WebhookEndpoint> get(String webhookId) {
        return get(webhookId, RequestOptions.none());
    }

    /**
     * Looks an endpoint up.
     *
     * @param webhookId the id of the endpoint
     * @param options   options of this call
     * @return a future of the endpoint, without its secret
     */
    public CompletableFuture<WebhookEndpoint> get(String webhookId, RequestOptions options) {
        return requester.send(Call.of("GET", "/webhooks/{webhook_id}", WebhookEndpoint::of, webhookId), options);
    }

    /**
     * Lists the endpoints.
     *
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<WebhookEndpoint>> list() {
        return list(ListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the endpoints.
     *
     * @param params what to list
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<WebhookEndpoint>> list(ListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists the endpoints.
     *
     * @param params  what to list
     * @param options options of this call
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<WebhookEndpoint>> list(ListParams params, RequestOptions options) {
        return AsyncPage.first(requester, "/webhooks", WebhookEndpoint::of, params, options);
    }

    /**
     * Changes an endpoint. What is not given stays.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to send
     * @return a future of the changed endpoint
     */
    public CompletableFuture<WebhookEndpoint> update(String webhookId, WebhookEndpointUpdateParams params) {
        return update(webhookId, params, RequestOptions.none());
    }

    /**
     * Changes an endpoint. What is not given stays.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to send
     * @param options   options of this call
     * @return a future of the changed endpoint
     */
    public CompletableFuture<WebhookEndpoint> update(
            String webhookId, WebhookEndpointUpdateParams params, RequestOptions options) {
        Call<WebhookEndpoint> call =
                Call.of("PATCH", "/webhooks/{webhook_id}", WebhookEndpoint::of, webhookId).withBody(params.fields());
        return requester.send(call, options);
    }

    /**
     * Deletes an endpoint.
     *
     * @param webhookId the id of the endpoint
     * @return a future that tells what was deleted
     */
    public CompletableFuture<Deleted> delete(String webhookId) {
        return delete(webhookId, RequestOptions.none());
    }

    /**
     * Deletes an endpoint.
     *
     * @param webhookId the id of the endpoint
     * @param options   options of this call
     * @return a future that tells what was deleted
     */
    public CompletableFuture<Deleted> delete(String webhookId, RequestOptions options) {
        return requester.send(Call.of("DELETE", "/webhooks/{webhook_id}", Deleted::of, webhookId), options);
    }

    /**
     * Posts an example of an event to an endpoint.
     *
     * @param webhookId the id of the endpoint
     * @return a future that tells what the endpoint answered
     */
    public CompletableFuture<WebhookTest> test(String webhookId) {
        return test(webhookId, WebhookTestParams.builder().build(), RequestOptions.none());
    }

    /**
     * Posts an example of an event to an endpoint.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to send
     * @return a future that tells what the endpoint answered
     */
    public CompletableFuture<WebhookTest> test(String webhookId, WebhookTestParams params) {
        return test(webhookId, params, RequestOptions.none());
    }

    /**
     * Posts an example of an event to an endpoint.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to send
     * @param options   options of this call
     * @return a future that tells what the endpoint answered
     */
    public CompletableFuture<WebhookTest> test(String webhookId, WebhookTestParams params, RequestOptions options) {
        Call<WebhookTest> call =
                Call.of("POST", "/webhooks/{webhook_id}/test", WebhookTest::of, webhookId).withBody(params.fields());
        return requester.send(call, options);
    }

    /**
     * Replaces the signing secret of an endpoint.
     *
     * @param webhookId the id of the endpoint
     * @return a future of the endpoint with its new secret, which is not shown again
     */
    public CompletableFuture<WebhookEndpoint> rotateSecret(String webhookId) {
        return rotateSecret(webhookId, SecretRotateParams.builder().build(), RequestOptions.none());
    }

    /**
     * Replaces the signing secret of an endpoint.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to send
     * @return a future of the endpoint with its new secret, which is not shown again
     */
    public CompletableFuture<WebhookEndpoint> rotateSecret(String webhookId, SecretRotateParams params) {
        return rotateSecret(webhookId, params, RequestOptions.none());
    }

    /**
     * Replaces the signing secret of an endpoint.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to send
     * @param options   options of this call
     * @return a future of the endpoint with its new secret, which is not shown again
     */
    public CompletableFuture<WebhookEndpoint> rotateSecret(
            String webhookId, SecretRotateParams params, RequestOptions options) {
        Call<WebhookEndpoint> call =
                Call.of("POST", "/webhooks/{webhook_id}/rotate-secret", WebhookEndpoint::of, webhookId)
                        .withBody(params.fields());
        return requester.send(call, options);
    }

    /**
     * Lists the deliveries to an endpoint, the newest first.
     *
     * @param webhookId the id of the endpoint
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<Delivery>> deliveries(String webhookId) {
        return deliveries(webhookId, DeliveryListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the deliveries to an endpoint, the newest first.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to list
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<Delivery>> deliveries(String webhookId, DeliveryListParams params) {
        return deliveries(webhookId, params, RequestOptions.none());
    }

    /**
     * Lists the deliveries to an endpoint, the newest first.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to list
     * @param options   options of this call
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<Delivery>> deliveries(
            String webhookId, DeliveryListParams params, RequestOptions options) {
        Call<Slice<Delivery>> call =
                Call.of("GET", "/webhooks/{webhook_id}/deliveries", Slice.of(Delivery::of), webhookId)
                        .withQuery(params.fields());
        return AsyncPage.first(requester, call, options);
    }

    /**
     * Sends an event to an endpoint again.
     *
     * @param webhookId the id of the endpoint
     * @param eventId   the id of the event
     * @return a future of the delivery
     */
    public CompletableFuture<Delivery> redeliver(String webhookId, String eventId) {
        return redeliver(webhookId, eventId, RequestOptions.none());
    }

    /**
     * Sends an event to an endpoint again.
     *
     * @param webhookId the id of the endpoint
     * @param eventId   the id of the event
     * @param options   options of this call
     * @return a future of the delivery
     */
    public CompletableFuture<Delivery> redeliver(String webhookId, String eventId, RequestOptions options) {
        Call<Delivery> call = Call.of("POST", "/webhooks/{webhook_id}/deliveries/{event_id}/redeliver",
                Delivery::of, webhookId, eventId);
        return requester.send(call, options);
    }

    /**
     * Sends all events that an endpoint missed.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to send
     * @return a future that tells how many events are sent
     */
    public CompletableFuture<Recovery> recover(String webhookId, WebhookRecoverParams params) {
        return recover(webhookId, params, RequestOptions.none());
    }

    /**
     * Sends all events that an endpoint missed.
     *
     * @param webhookId the id of the endpoint
     * @param params    what to send
     * @param options   options of this call
     * @return a future that tells how many events are sent
     */
    public CompletableFuture<Recovery> recover(String webhookId, WebhookRecoverParams params, RequestOptions options) {
        Call<Recovery> call =
                Call.of("POST", "/webhooks/{webhook_id}/recover", Recovery::of, webhookId).withBody(params.fields());
        return requester.send(call, options);
    }

    /**
     * Lists the types of events, with an example of each.
     *
     * @return a future of one page with all of them
     */
    public CompletableFuture<AsyncPage<EventType>> eventTypes() {
        return eventTypes(RequestOptions.none());
    }

    /**
     * Lists the types of events, with an example of each.
     *
     * @param options options of this call
     * @return a future of one page with all of them
     */
    public CompletableFuture<AsyncPage<EventType>> eventTypes(RequestOptions options) {
        return AsyncPage.first(requester, Call.of("GET", "/webhooks/event-types", Slice.of(EventType::of)), options);
    }

    /**
     * Replaces the secret that signs events to callback URLs.
     *
     * @return a future of the new secret, which is not shown again
     */
    public CompletableFuture<CallbackSecret> rotateCallbackSecret() {
        return rotateCallbackSecret(SecretRotateParams.builder().build(), RequestOptions.none());
    }

    /**
     * Replaces the secret that signs events to callback URLs.
     *
     * @param params what to send
     * @return a future of the new secret, which is not shown again
     */
    public CompletableFuture<CallbackSecret> rotateCallbackSecret(SecretRotateParams params) {
        return rotateCallbackSecret(params, RequestOptions.none());
    }

    /**
     * Replaces the secret that signs events to callback URLs.
     *
     * @param params  what to send
     * @param options options of this call
     * @return a future of the new secret, which is not shown again
     */
    public CompletableFuture<CallbackSecret> rotateCallbackSecret(SecretRotateParams params, RequestOptions options) {
        Call<CallbackSecret> call =
                Call.of("POST", "/webhooks/callback/rotate-secret", CallbackSecret::of).withBody(params.fields());
        return requester.send(call, options);
    }
}
