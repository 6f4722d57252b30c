import { operations } from '../operations.js';
import type { CallOptions } from '../options.js';
import { type PagePromise, Resource } from '../resource.js';
import type {
  Account,
  AccountUpdateParams,
  Balance,
  BalanceEntry,
  BalanceEntryListParams,
  Carrier,
  Conversion,
  ConversionParams,
  Deleted,
  OptOut,
  OptOutListParams,
  Price,
  Usage,
  UsageParams,
} from '../types/account.js';
import type { PageParams } from '../types/common.js';
import type { CarrierTest, CarrierTestParams } from '../types/operator.js';
import type {
  CallbackSecret,
  Delivery,
  DeliveryListParams,
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

/** Numbers that receive no messages from the account. */
export class OptOutsResource extends Resource {
  /**
   * Lists numbers that opted out, newest first.
   *
   * @returns the first page when awaited, or all opt-outs with `for await`
   */
  list(params?: OptOutListParams, options?: CallOptions): PagePromise<OptOut> {
    return this.pages(operations.optOuts.list, [], params, options);
  }

  /**
   * Opts a number out.
   *
   * @param number in E.164 format
   * @throws InvalidPhoneError when it is no phone number
   */
  put(number: string, options?: CallOptions): Promise<OptOut> {
    return this.call(operations.optOuts.put, [number], undefined, options);
  }

  /**
   * Removes the opt-out of a number.
   *
   * @param number in E.164 format
   * @returns the opt-out as it was
   * @throws NotFoundError when the number is not opted out
   */
  delete(number: string, options?: CallOptions): Promise<OptOut> {
    return this.call(operations.optOuts.delete, [number], undefined, options);
  }
}

/** The account's credits. */
export class BalanceResource extends Resource {
  /** Gets the credits that can be spent, and those that are held. */
  get(options?: CallOptions): Promise<Balance> {
    return this.call(operations.balance.get, [], undefined, options);
  }

  /**
   * Lists the lines of the ledger of credits, newest first. Test keys have none.
   *
   * @returns the first page when awaited, or all rows with `for await`
   */
  entries(params?: BalanceEntryListParams, options?: CallOptions): PagePromise<BalanceEntry> {
    return this.pages(operations.balance.entries, [], params, options);
  }

  /**
   * Lists what each channel costs.
   *
   * @returns the prices, in one page
   */
  prices(options?: CallOptions): PagePromise<Price> {
    return this.pages(operations.balance.prices, [], undefined, options);
  }
}

/** Reports of messages and credits. */
export class UsageResource extends Resource {
  /**
   * Gets a report of messages and credits.
   *
   * @param params the days (UTC), such as `2026-04-25`, and what to group by
   * @throws BadRequestError when the days are too far apart
   */
  get(params?: UsageParams, options?: CallOptions): Promise<Usage> {
    return this.call(operations.usage.get, [], params, options);
  }
}

/** Reports of codes. */
export class AnalyticsResource extends Resource {
  /**
   * Gets a report of codes sent and verified.
   *
   * @param params the days (UTC), such as `2026-04-25`, and what to group by
   * @throws BadRequestError when the days are too far apart
   */
  conversion(params?: ConversionParams, options?: CallOptions): Promise<Conversion> {
    return this.call(operations.analytics.conversion, [], params, options);
  }
}

/** What the carriers of the server do. It is for keys with the scope `operator`. */
export class CarriersResource extends Resource {
  /**
   * Lists the carriers with their state.
   *
   * @returns the carriers, in one page
   * @throws AuthenticationError when the key lacks the scope
   */
  list(options?: CallOptions): PagePromise<Carrier> {
    return this.pages(operations.carriers.list, [], undefined, options);
  }

  /**
   * Lets no message go to a carrier until it is resumed.
   *
   * @param carrier its name in the server's configuration
   * @throws NotFoundError when there is no such carrier
   */
  pause(carrier: string, options?: CallOptions): Promise<Carrier> {
    return this.call(operations.carriers.pause, [carrier], undefined, options);
  }

  /**
   * Lets messages go to a carrier again.
   *
   * @param carrier its name in the server's configuration
   * @throws NotFoundError when there is no such carrier
   */
  resume(carrier: string, options?: CallOptions): Promise<Carrier> {
    return this.call(operations.carriers.resume, [carrier], undefined, options);
  }

  /**
   * Tests the connection to a carrier, and sends a message if you give a number.
   *
   * @param carrier its name in the server's configuration
   * @throws RateLimitError when it was tested a moment ago
   */
  test(carrier: string, params?: CarrierTestParams, options?: CallOptions): Promise<CarrierTest> {
    return this.call(operations.carriers.test, [carrier], params, options);
  }
}

/** The settings of the account. */
export class AccountResource extends Resource {
  /** Gets the settings. */
  get(options?: CallOptions): Promise<Account> {
    return this.call(operations.account.get, [], undefined, options);
  }

  /**
   * Changes settings. What is absent stays as it is.
   *
   * @returns the settings as they are now
   * @throws BadRequestError when a setting is wrong
   */
  update(params: AccountUpdateParams, options?: CallOptions): Promise<Account> {
    return this.call(operations.account.update, [], params, options);
  }
}

/** The addresses to which the server posts events. */
export class WebhookEndpointsResource extends Resource {
  /**
   * Creates an endpoint.
   *
   * @returns the endpoint with its `secret`, which is not shown again
   * @throws BadRequestError when the URL is not allowed
   */
  create(params: WebhookEndpointCreateParams, options?: CallOptions): Promise<WebhookEndpoint> {
    return this.call(operations.webhookEndpoints.create, [], params, options);
  }

  /**
   * Gets an endpoint.
   *
   * @throws NotFoundError when there is no such endpoint
   */
  get(webhookId: string, options?: CallOptions): Promise<WebhookEndpoint> {
    return this.call(operations.webhookEndpoints.get, [webhookId], undefined, options);
  }

  /**
   * Lists endpoints.
   *
   * @returns the first page when awaited, or all endpoints with `for await`
   */
  list(params?: PageParams, options?: CallOptions): PagePromise<WebhookEndpoint> {
    return this.pages(operations.webhookEndpoints.list, [], params, options);
  }

  /**
   * Changes an endpoint. What is absent stays as it is.
   *
   * @returns the endpoint as it is now
   * @throws NotFoundError when there is no such endpoint; BadRequestError when the URL is not allowed
   */
  update(webhookId: string, params: WebhookEndpointUpdateParams, options?: CallOptions): Promise<WebhookEndpoint> {
    return this.call(operations.webhookEndpoints.update, [webhookId], params, options);
  }

  /**
   * Deletes an endpoint. Events that wait for it are not sent.
   *
   * @throws NotFoundError when there is no such endpoint
   */
  delete(webhookId: string, options?: CallOptions): Promise<Deleted> {
    return this.call(operations.webhookEndpoints.delete, [webhookId], undefined, options);
  }

  /**
   * Posts an example of an event to an endpoint, and waits for its answer.
   *
   * @returns whether the endpoint answered 2xx, and how the attempt went
   * @throws NotFoundError when there is no such endpoint
   */
  test(webhookId: string, params?: WebhookEndpointTestParams, options?: CallOptions): Promise<WebhookEndpointTest> {
    return this.call(operations.webhookEndpoints.test, [webhookId], params, options);
  }

  /**
   * Gives an endpoint a new secret.
   *
   * @param params how long both secrets sign, in seconds
   * @returns the endpoint with its new `secret`, which is not shown again
   * @throws NotFoundError when there is no such endpoint
   */
  rotateSecret(webhookId: string, params?: RotateSecretParams, options?: CallOptions): Promise<WebhookEndpoint> {
    return this.call(operations.webhookEndpoints.rotateSecret, [webhookId], params, options);
  }

  /**
   * Lists the deliveries to an endpoint, newest first.
   *
   * @returns the first page when awaited, or all deliveries with `for await`
   */
  deliveries(webhookId: string, params?: DeliveryListParams, options?: CallOptions): PagePromise<Delivery> {
    return this.pages(operations.webhookEndpoints.deliveries, [webhookId], params, options);
  }

  /**
   * Sends an event to an endpoint again.
   *
   * @param eventId the `id` of the delivery
   * @returns the delivery as it is now
   * @throws NotFoundError when there is no such delivery
   */
  redeliver(webhookId: string, eventId: string, options?: CallOptions): Promise<Delivery> {
    return this.call(operations.webhookEndpoints.redeliver, [webhookId, eventId], undefined, options);
  }

  /**
   * Sends all events again that an endpoint missed in a period.
   *
   * @returns how many are sent, and where to go on when there are more
   * @throws NotFoundError when there is no such endpoint
   */
  recover(webhookId: string, params: WebhookEndpointRecoverParams, options?: CallOptions): Promise<Recovery> {
    return this.call(operations.webhookEndpoints.recover, [webhookId], params, options);
  }

  /**
   * Lists the types of events, each with an example.
   *
   * @returns the types, in one page
   */
  eventTypes(options?: CallOptions): PagePromise<EventTypeInfo> {
    return this.pages(operations.webhookEndpoints.eventTypes, [], undefined, options);
  }

  /**
   * Makes a new secret for callback URLs, which `callbackUrl` of `sms.send` names.
   *
   * @param params how long both secrets sign, in seconds
   * @returns the new secret, which is not shown again
   */
  rotateCallbackSecret(params?: RotateSecretParams, options?: CallOptions): Promise<CallbackSecret> {
    return this.call(operations.webhookEndpoints.rotateCallbackSecret, [], params, options);
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
    return this.pages(operations.events.list, [], params, options);
  }
}
