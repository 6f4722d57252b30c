import { operations } from '../operations.js';
import type { CallOptions } from '../options.js';
import { listPages, type PagePromise } from '../page.js';
import { Resource } from '../resource.js';
import type { Deleted } from '../types/account.js';
import type { PageParams } from '../types/common.js';
import type {
  CallbackSecret,
  Delivery,
  EventListParams,
  EventRecord,
  EventTypeInfo,
  Recovery,
  RotateSecretParams,
  WebhookEndpoint,
  WebhookEndpointCreateParams,
  WebhookEndpointRecoverParams,
  WebhookEndpointTest,
  WebhookEndpointTestParams,
  WebhookEndpointUpdateParams,
} from '../types/webhooks.js';

/** The addresses to which the server posts events. */
export class WebhookEndpointsResource extends Resource {
  /**
   * Creates an endpoint.
   *
   * @returns the endpoint with its `secret`, which is not shown again
   * @throws BadRequestError when the URL is not allowed
   */
  create(params: WebhookEndpointCreateParams, options?: CallOptions): Promise<WebhookEndpoint> {
    return this.http.call(operations.webhookEndpoints.create, [], params, options);
  }

  /**
   * Gets an endpoint.
   *
   * @throws NotFoundError when there is no such endpoint
   */
  get(webhookId: string, options?: CallOptions): Promise<WebhookEndpoint> {
    return this.http.call(operations.webhookEndpoints.get, [webhookId], undefined, options);
  }

  /**
   * Lists endpoints.
   *
   * @returns the first page when awaited, or all endpoints with `for await`
   */
  list(params?: PageParams, options?: CallOptions): PagePromise<WebhookEndpoint> {
    return listPages(this.http, operations.webhookEndpoints.list, params, options);
  }

  /**
   * Changes an endpoint. What is absent stays as it is.
   *
   * @returns the endpoint as it is now
   * @throws NotFoundError when there is no such endpoint; BadRequestError when the URL is not allowed
   */
  update(webhookId: string, params: WebhookEndpointUpdateParams, options?: CallOptions): Promise<WebhookEndpoint> {
    return this.http.call(operations.webhookEndpoints.update, [webhookId], params, options);
  }

  /**
   * Deletes an endpoint. Events that wait for it are not sent.
   *
   * @throws NotFoundError when there is no such endpoint
   */
  delete(webhookId: string, options?: CallOptions): Promise<Deleted> {
    return this.http.call(operations.webhookEndpoints.delete, [webhookId], undefined, options);
  }

  /**
   * Posts an example of an event to an endpoint, and waits for its answer.
   *
   * @returns whether the endpoint answered 2xx, and how the attempt went
   * @throws NotFoundError when there is no such endpoint
   */
  test(webhookId: string, params?: WebhookEndpointTestParams, options?: CallOptions): Promise<WebhookEndpointTest> {
    return this.http.call(operations.webhookEndpoints.test, [webhookId], params, options);
  }

  /**
   * Gives an endpoint a new secret.
   *
   * @param params how long both secrets sign, in seconds
   * @returns the endpoint with its new `secret`, which is not shown again
   * @throws NotFoundError when there is no such endpoint
   */
  rotateSecret(webhookId: string, params?: RotateSecretParams, options?: CallOptions): Promise<WebhookEndpoint> {
    return this.http.call(operations.webhookEndpoints.rotateSecret, [webhookId], params, options);
  }

  /**
   * Lists the deliveries to an endpoint, newest first.
   *
   * @returns the first page when awaited, or all deliveries with `for await`
   */
  deliveries(webhookId: string, params?: PageParams, options?: CallOptions): PagePromise<Delivery> {
    return listPages(this.http, operations.webhookEndpoints.deliveries, params, options, [webhookId]);
  }

  /**
   * Sends an event to an endpoint again.
   *
   * @param eventId the `id` of the delivery
   * @returns the delivery as it is now
   * @throws NotFoundError when there is no such delivery
   */
  redeliver(webhookId: string, eventId: string, options?: CallOptions): Promise<Delivery> {
    return this.http.call(operations.webhookEndpoints.redeliver, [webhookId, eventId], undefined, options);
  }

  /**
   * Sends all events again that an endpoint missed in a period.
   *
   * @returns how many are sent, and where to go on when there are more
   * @throws NotFoundError when there is no such endpoint
   */
  recover(webhookId: string, params: WebhookEndpointRecoverParams, options?: CallOptions): Promise<Recovery> {
    return this.http.call(operations.webhookEndpoints.recover, [webhookId], params, options);
  }

  /**
   * Lists the types of events, each with an example.
   *
   * @returns the types, in one page
   */
  eventTypes(options?: CallOptions): PagePromise<EventTypeInfo> {
    return listPages(this.http, operations.webhookEndpoints.eventTypes, undefined, options);
  }

  /**
   * Makes a new secret for callback URLs, which `callbackUrl` of `sms.send` names.
   *
   * @param params how long both secrets sign, in seconds
   * @returns the new secret, which is not shown again
   */
  rotateCallbackSecret(params?: RotateSecretParams, options?: CallOptions): Promise<CallbackSecret> {
    return this.http.call(operations.webhookEndpoints.rotateCallbackSecret, [], params, options);
  }
}

/** Events as the server keeps them, for 30 days. */
export class EventsResource extends Resource {
  /**
   * Lists events, newest first; with `after`, oldest first, up to the newest.
   *
   * @returns the first page when awaited, or all events with `for await`
   */
  list(params?: EventListParams, options?: CallOptions): PagePromise<EventRecord> {
    return listPages(this.http, operations.events.list, params, options);
  }
}
