import type { Channel, JsonObject, Model, PageParams, Result, Time } from './common.js';
import type { Attempt } from './otp.js';

/** The parameters of `sms.send`. */
export interface SmsSendParams {
  /** The recipient's phone number in E.164 format. */
  to: string;
  /** The text, of up to 1600 characters. A long one is split into segments that the phone joins. */
  body: string;
  /** The sender: a number, a short code, or a name of 1 to 11 characters. Without it the account's sender is used. */
  from?: string | null;
  /** The URL to which this message's events are posted. */
  callbackUrl?: string | null;
  /** When to send the message, at most 30 days ahead. Without it the message is sent now. */
  scheduledAt?: Time | null;
  /** Any JSON object of up to 4 KB, for your own use. It is returned unchanged, also in webhooks. */
  metadata?: Readonly<JsonObject> | null;
}

/** The status of a message. Later servers may have others. */
export type MessageStatus =
  | 'scheduled'
  | 'pending'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'failed'
  | 'canceled'
  | 'unknown'
  | (string & {});

/** The filters of `messages.list`. */
export interface MessageListParams extends PageParams {
  /** Only messages to this number, in E.164 format. */
  to?: string | null;
  /** Only messages on this channel. */
  channel?: Channel | null;
  /** Only messages with this status. */
  status?: MessageStatus | null;
  /** Only messages to numbers of this country: its ISO 3166-1 code. */
  country?: string | null;
  /** Only messages over this carrier, by its name on the server. */
  carrier?: string | null;
  /** Only messages created after this time. */
  createdAfter?: Time | null;
  /** Only messages created before this time. */
  createdBefore?: Time | null;
  /** Only messages whose metadata has these values. */
  metadata?: Readonly<Record<string, string | number | boolean>> | null;
}

/** The answer to `sms.send`. */
export interface SentSms extends Result {
  /** The id of the message. */
  readonly id: string;
  /** `sent`, `scheduled`, or `pending` while the server keeps trying. */
  readonly status: MessageStatus;
  readonly channel: Channel;
  readonly to: string;
  /** The sender; empty when there is none. */
  readonly from: string;
  /** The number of SMS segments. */
  readonly segments: number;
  /** `gsm7`: up to 160 characters in one SMS. `ucs2`: up to 70. */
  readonly encoding: string;
  /** The characters that smart encoding replaced. */
  readonly replaced: readonly Replacement[];
  /** The credits charged, or held until a carrier accepts the message. */
  readonly credits: number;
  /** When the message will be sent. */
  readonly scheduledAt?: Date;
  readonly createdAt: Date;
}

/** A character of a text that smart encoding replaced, so that the SMS is shorter. */
export interface Replacement extends Model {
  /** The character. */
  readonly from: string;
  /** What replaced it; empty when it was left out. */
  readonly to: string;
  /** How often. */
  readonly count: number;
}

/** A message with its history. */
export interface Message extends Result {
  /** The id of the message. */
  readonly id: string;
  readonly status: MessageStatus;
  /** The channel on which a carrier accepted the message, or that is tried next. */
  readonly channel: Channel;
  readonly to: string;
  /** The sender; empty when none is known. */
  readonly from: string;
  /** The number of SMS segments; 0 on other channels. */
  readonly segments: number;
  /** The encoding of the text as an SMS: `gsm7` or `ucs2`. */
  readonly encoding: string;
  /** The credits charged, or held until a carrier accepts the message. */
  readonly credits: number;
  /** The characters that smart encoding replaced. */
  readonly replaced: readonly Replacement[];
  /** The carrier that accepted the message, or that is tried next. */
  readonly carrier: string;
  /** Why it failed. */
  readonly reason?: string;
  /** What the send gave. */
  readonly metadata: Readonly<JsonObject>;
  /** The attempts, oldest first; none while the message is scheduled. */
  readonly attempts: readonly Attempt[];
  readonly scheduledAt?: Date;
  /** When a carrier accepted the message. */
  readonly sentAt?: Date;
  /** When the phone received the message, by the carrier's receipt. */
  readonly deliveredAt?: Date;
  readonly createdAt: Date;
}

/** The filters of `inbound.list`. */
export interface InboundListParams extends PageParams {
  /** Only messages from this phone, in E.164 format. */
  from?: string | null;
  /** Only messages to this number, short code or name. */
  to?: string | null;
  /** Only messages received after this time. */
  receivedAfter?: Time | null;
  /** Only messages received before this time. */
  receivedBefore?: Time | null;
}

/** A message that a phone sent. */
export interface InboundMessage extends Result {
  /** The id of the message. */
  readonly id: string;
  readonly channel: Channel;
  /** The carrier that received it; `sandbox` for test keys. */
  readonly carrier: string;
  /** The number of the phone. */
  readonly from: string;
  /** What the phone replied to; empty when the carrier does not say. */
  readonly to: string;
  /** The text of the message. */
  readonly body: string;
  readonly receivedAt: Date;
}

/** The filters of `sandbox.messages`. */
export interface SandboxMessagesParams {
  /** Only messages to this number, in E.164 format. */
  to?: string | null;
  /** How many messages to return at most. */
  limit?: number | null;
}

/** A message as a phone of the sandbox received it. */
export interface SandboxMessage extends Model {
  /** The id of the message. */
  readonly messageId: string;
  /** The id of the code; absent for a text. */
  readonly otpId?: string;
  /** The status of the message now; absent when the message has been removed. */
  readonly status?: string;
  readonly to: string;
  readonly channel: Channel;
  /** The text that the phone would have shown. */
  readonly body: string;
  readonly at: Date;
}

/** The parameters of `sandbox.clock`. */
export interface SandboxClockParams {
  /** How far to move the clock forward: seconds, or text such as `5m`. 0 continues a move that was not done. */
  advance?: number | string | null;
  /** Ends everything that is pending, and sets the clock back to real time before it is advanced. */
  reset?: boolean | null;
}

/** The sandbox's clock. */
export interface SandboxClock extends Result {
  /** The time in the sandbox. */
  readonly now: Date;
  /** How far the clock is ahead of real time, such as `5m1s`. */
  readonly offset: string;
  /** False when the clock stopped on its way: advance it by 0 to continue. */
  readonly done: boolean;
}

/** The parameters of `sandbox.forceOutcome`. */
export interface ForceOutcomeParams {
  /** `delivered`, `read` or `failed`. */
  status: string;
  /** Why it failed; `unreachable` by default. */
  reason?: string | null;
}

/** The parameters of `sandbox.clear`. */
export interface SandboxClearParams {
  /** Only those to this number. */
  to?: string | null;
}

/** How many messages were removed from the inbox. */
export interface ClearedInbox extends Result {
  /** Their number. */
  readonly cleared: number;
}
