import type { Channel, JsonObject, Model, PageParams, Result, Time } from './common.js';

/** A type of event. Later servers may have others. */
export type WebhookEventType =
  | 'message.sent'
  | 'message.delivered'
  | 'message.failed'
  | 'message.read'
  | 'otp.verified'
  | 'otp.expired'
  | 'otp.failed'
  | 'otp.canceled'
  | 'contact.opted_out'
  | 'contact.opted_in'
  | 'message.received'
  | 'credits.low'
  | 'webhook.disabled'
  | (string & {});

/** The parameters of `webhookEndpoints.create`. */
export interface WebhookEndpointCreateParams {
  /** The URL to which events are posted: https, with any port. */
  url: string;
  /** The types of events to send to it. Absent, empty or `['*']` means every type, also those of later servers. */
  events?: readonly WebhookEventType[] | null;
  /** A description for your own use. */
  description?: string | null;
  /** Whether events are sent to it from now on: true by default. */
  enabled?: boolean | null;
}

/** The parameters of `webhookEndpoints.update`; what is absent stays as it is. */
export interface WebhookEndpointUpdateParams {
  /** The new URL. */
  url?: string | null;
  /** The types of events to send to it from now on; empty or `['*']` means every type. */
  events?: readonly WebhookEventType[] | null;
  /** A description for your own use. */
  description?: string | null;
  /** True enables it again: waiting events are sent immediately. */
  enabled?: boolean | null;
}

/** The parameters of `webhookEndpoints.test`. */
export interface WebhookEndpointTestParams {
  /** The type of event of which an example is sent: `message.delivered` by default. */
  event?: WebhookEventType | null;
}

/** The parameters of `webhookEndpoints.rotateSecret` and `rotateCallbackSecret`. */
export interface RotateSecretParams {
  /** How many seconds events are signed with both secrets: 86400 by default. 0 ends the old one immediately. */
  overlap?: number | null;
}

/** The parameters of `webhookEndpoints.recover`. */
export interface WebhookEndpointRecoverParams {
  /** Events from this time on. They are kept for 30 days. */
  since: Time;
  /** Events until this time. Without it: until now. */
  until?: Time | null;
}

/** The parameters of `webhookEndpoints.deliveries`. */
export interface DeliveryListParams extends PageParams {
  /** Only those that are `waiting`, `delivered` or `failed`. */
  status?: string | null;
}

/** The parameters of `events.list`. */
export interface EventListParams extends PageParams {
  /** Only events of this type; not with `after`. */
  type?: WebhookEventType | null;
  /** List oldest first, beginning after the event with this id, or with `start` at the oldest. */
  after?: string | null;
}

/** An address to which events are posted. */
export interface WebhookEndpoint extends Result {
  readonly id: string;
  readonly url: string;
  /** The types of events that are sent to it. */
  readonly events: readonly WebhookEventType[];
  readonly description?: string;
  readonly enabled: boolean;
  /** Why it is disabled: `by_caller`, `gone` or `is_failing`. */
  readonly disabledReason?: string;
  /** When the first attempt after the last successful one failed. */
  readonly failingSince?: Date;
  /** The signing secret, only in the answers that create or rotate it. */
  readonly secret?: string;
  readonly createdAt: Date;
}

/** An event on its way to an endpoint. */
export interface Delivery extends Result {
  /** The event's id, the same in all attempts and redeliveries. */
  readonly id: string;
  readonly event: WebhookEventType;
  /** `waiting`, `delivered` or `failed`. */
  readonly status: string;
  /** How many attempts were made. */
  readonly attempts: number;
  /** When the next attempt is due. */
  readonly nextAttemptAt?: Date;
  /** The last attempts, oldest first. */
  readonly tries: readonly DeliveryTry[];
  readonly createdAt: Date;
}

/** One attempt to post an event. */
export interface DeliveryTry extends Model {
  readonly at: Date;
  /** How long the attempt took, in milliseconds. */
  readonly durationMs: number;
  /** The HTTP status of the endpoint's answer. */
  readonly statusCode?: number;
  /** Why there was no answer, such as `timeout`. */
  readonly error?: string;
  /** The beginning of the answer, unless it was 2xx. */
  readonly answer?: string;
}

/** The answer to `webhookEndpoints.test`. */
export interface WebhookEndpointTest extends Result {
  /** Whether the endpoint answered 2xx. */
  readonly delivered: boolean;
  /** The attempt. */
  readonly try: DeliveryTry;
}

/** The answer to `webhookEndpoints.recover`. */
export interface Recovery extends Result {
  /** How many deliveries are sent again now. */
  readonly queued: number;
  /** Present when there are more events than one request covers: repeat the request with it as `since`. */
  readonly nextSince?: Date;
}

/** The answer to `webhookEndpoints.rotateCallbackSecret`. */
export interface CallbackSecret extends Result {
  /** The secret that signs events to callback URLs from now on. It is not shown again. */
  readonly secret: string;
}

/** A type of event, with its payload. */
export interface EventTypeInfo extends Model {
  readonly event: WebhookEventType;
  readonly description: string;
  /** The JSON Schema of the payload. */
  readonly schema: unknown;
  /** An example of the payload. */
  readonly example: unknown;
}

/** An event as the server keeps it. */
export interface EventRecord extends Model {
  readonly id: string;
  readonly event: WebhookEventType;
  /** The body that is posted to endpoints. */
  readonly payload: unknown;
  readonly createdAt: Date;
}

/** An event that a webhook brought. Which fields it has depends on its type. */
export interface WebhookEvent extends Model {
  readonly type: WebhookEventType;
  readonly messageId?: string;
  readonly otpId?: string;
  readonly webhookId?: string;
  readonly inboundId?: string;
  readonly channel?: Channel;
  /** The phone that a message came from. */
  readonly from?: string;
  readonly to?: string;
  /** What a phone wrote. */
  readonly body?: string;
  readonly status?: string;
  /** What the code is for, as the send said. */
  readonly purpose?: string;
  /** The word with which a phone opted out or in. */
  readonly keyword?: string;
  readonly reason?: string;
  /** The carrier's own error code. */
  readonly carrierCode?: string;
  /** What the send gave. */
  readonly metadata: Readonly<JsonObject>;
  /** The time since the message or code was created, in milliseconds. */
  readonly latencyMs?: number;
  readonly credits?: number;
  /** The number of credits below which `credits.low` is sent. */
  readonly threshold?: number;
  /** The place of the event among those of its message or code: 1, 2, … */
  readonly sequence?: number;
  /** True for events of the sandbox. */
  readonly test?: boolean;
  /** When it happened. */
  readonly at?: Date;
}
