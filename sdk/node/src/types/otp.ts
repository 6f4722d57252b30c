import type { Channel, JsonObject, Model, PageParams, Result, Time } from './common.js';

/** When to go on to the next channel. */
export interface Fallback {
  /** How many seconds to wait for a receipt before the next channel is tried, 5 to 300. */
  after: number;
}

/** The parameters of `otp.send`. */
export interface OtpSendParams {
  /** The phone number in E.164 format, such as +32470123456. */
  to: string;
  /** The channels to try, in this order. */
  channels: readonly Channel[];
  /** How many seconds the code is valid: 300 by default, at most 3600. */
  expiresIn?: number | null;
  /** The number of digits of the code: 6 by default, 4 to 10. */
  length?: number | null;
  /** The language of the message, as a BCP 47 tag. The nearest available language is used. */
  locale?: string | null;
  /** The id of the template of the message. Without it the built-in text is used. */
  template?: string | null;
  /** Any JSON object of up to 4 KB, for your own use. It is returned unchanged, also in webhooks. */
  metadata?: Readonly<JsonObject> | null;
  /** When to try the next channel if no receipt confirms the delivery. */
  fallback?: Fallback | null;
  /** What the code is for, such as `login`. A number has one pending code for each purpose. */
  purpose?: string | null;
  /** Whether to cancel a pending code and make a new one, instead of sending the pending one again. */
  forceNew?: boolean | null;
  /** The IP address of your user, with or without a port, for limits. */
  clientIp?: string | null;
}

/** The parameters of `otp.verify`. */
export interface OtpVerifyParams {
  /** The `id` from the answer to the send. */
  otpId: string;
  /** The code as the user entered it. Spaces and hyphens are ignored. */
  code: string;
}

/** The parameters of `otp.resend`. */
export interface OtpResendParams {
  /** The channel to send on. Without it the channels of the last send are used. */
  channel?: Channel | null;
}

/** The filters of `otp.list`. */
export interface OtpListParams extends PageParams {
  /** Only codes to this number, in E.164 format. */
  to?: string | null;
  /** Only codes on this channel. */
  channel?: Channel | null;
  /** Only codes with this status. */
  status?: OtpStatus | null;
  /** Only codes to numbers of this country: its ISO 3166-1 code. */
  country?: string | null;
  /** Only codes over this carrier, by its name on the server. */
  carrier?: string | null;
  /** Only codes with this template, by its id. */
  template?: string | null;
  /** Only codes created after this time. */
  createdAfter?: Time | null;
  /** Only codes created before this time. */
  createdBefore?: Time | null;
  /** Only codes whose metadata has these values. */
  metadata?: Readonly<Record<string, string | number | boolean>> | null;
}

/** The status of a code. Later servers may have others. */
export type OtpStatus =
  | 'pending'
  | 'sent'
  | 'delivered'
  | 'verified'
  | 'expired'
  | 'failed'
  | 'canceled'
  | (string & {});

/** Why a code is not valid. Later servers may have other reasons. */
export type VerificationReason =
  | 'incorrect'
  | 'expired'
  | 'max_attempts'
  | 'already_verified'
  | 'canceled'
  | (string & {});

/** The answer to `otp.send` and `otp.resend`. */
export interface SentOtp extends Result {
  /** The id of the OTP, for `otp.verify`. */
  readonly id: string;
  /** `sent` when a carrier has accepted the message, `pending` while the server keeps trying. */
  readonly status: OtpStatus;
  /** The channel on which a carrier accepted the message, or that is being tried. */
  readonly channel: Channel;
  /** The number that the code is for. */
  readonly to: string;
  /** Until when the code is valid. */
  readonly expiresAt: Date;
  /** When the code was made. */
  readonly createdAt: Date;
}

/** The answer to `otp.verify`. */
export interface Verification extends Result {
  /** Whether the code was right. A code is valid once. */
  readonly valid: boolean;
  /** The id of the OTP. */
  readonly otpId: string;
  /** Why the code is not valid. */
  readonly reason?: VerificationReason;
  /** With the reason `incorrect`: how many more codes can be tried. */
  readonly attemptsRemaining?: number;
  /** When the code was verified. */
  readonly verifiedAt?: Date;
}

/** An OTP with its history. */
export interface Otp extends Result {
  /** The id of the OTP. */
  readonly id: string;
  readonly status: OtpStatus;
  readonly channel: Channel;
  /** The number that the code is for. */
  readonly to: string;
  /** What the code is for, as the send said. */
  readonly purpose?: string;
  /** How many more codes can be tried. */
  readonly attemptsRemaining: number;
  /** The attempts to deliver it, oldest first. */
  readonly attempts: readonly Attempt[];
  /** What the send gave. */
  readonly metadata: Readonly<JsonObject>;
  /** True when the number is one of the server's test numbers: no message was sent. */
  readonly testNumber?: boolean;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  readonly verifiedAt?: Date;
}

/** One attempt to deliver a message. */
export interface Attempt extends Model {
  readonly channel: Channel;
  /** The carrier's name in the server's configuration. */
  readonly carrier: string;
  /** `pending`, `sent`, `delivered`, `read`, `failed`, or `unknown` when the carrier gave no answer. */
  readonly status: string;
  /** Why it failed. */
  readonly reason?: string;
  /** The carrier's own error code. */
  readonly carrierCode?: string;
  /** SMS segments; absent on other channels. */
  readonly segments?: number;
  /** The credits charged for it. */
  readonly credits: number;
  /** What it cost the operator, in credits; only for keys with the scope `operator`. */
  readonly cost?: number;
  /** Why it was made over this carrier. */
  readonly chosen?: string;
  /** True when it was submitted again although the phone may have received it before. */
  readonly repeated?: boolean;
  /** When the attempt began. */
  readonly at: Date;
}
