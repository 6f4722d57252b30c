import type { Channel, Model, PageParams, Result } from './common.js';

/** The filters of `optOuts.list`. */
export interface OptOutListParams extends PageParams {
  /** Only this number, in E.164 format. */
  to?: string | null;
}

/** The parameters of `usage.get`. */
export interface UsageParams {
  /** The first day (UTC), such as `2026-04-25`. */
  from?: string | null;
  /** The last day (UTC). */
  to?: string | null;
  /** What the lines are grouped by. */
  groupBy?: readonly ('day' | 'country' | 'channel' | (string & {}))[] | null;
}

/** The parameters of `analytics.conversion`. */
export interface ConversionParams {
  /** The first day (UTC), such as `2026-04-25`. */
  from?: string | null;
  /** The last day (UTC). */
  to?: string | null;
  /** What the lines are grouped by. */
  groupBy?: readonly ('day' | 'country' | 'prefix' | 'channel' | 'carrier' | 'template' | (string & {}))[] | null;
  /** Only codes to numbers of this country, by its ISO 3166-1 code. */
  country?: string | null;
  /** Only what was sent on this channel. */
  channel?: Channel | null;
  /** Only what was sent over this carrier, by its name on the server. */
  carrier?: string | null;
  /** Only codes with this template, by its id; `built-in` for the built-in text. */
  template?: string | null;
}

/** The parameters of `account.update`; what is absent stays as it is. */
export interface AccountUpdateParams {
  /** The account's name, as the built-in texts show it. Only a live key can change it. */
  name?: string | null;
  /** The language of messages when there is no text in the requested locale, as a BCP 47 tag. */
  defaultLocale?: string | null;
  /** The host of your site, for the line `@host #code` by which browsers fill in a code. */
  origin?: string | null;
  /** The 11-character hash of your Android app for the SMS Retriever API. */
  appHash?: string | null;
  /** The sender of messages whose request names none. */
  from?: string | null;
  /** What to do when a carrier gives no answer: `retry` submits the message once more, `hold` never. */
  onUnknown?: 'retry' | 'hold' | (string & {}) | null;
  /** Whether phone numbers are shown masked. */
  maskNumbers?: boolean | null;
  /** Whether characters that would make an SMS longer are replaced by similar ones. */
  smartEncoding?: boolean | null;
  /** When the credits fall below this number, the event `credits.low` is sent once. 0 for never. */
  creditsLow?: number | null;
  /** The most credits that may be spent in one hour (UTC). 0 for no cap. */
  spendCapHour?: number | null;
  /** The most credits that may be spent in one day (UTC). 0 for no cap. */
  spendCapDay?: number | null;
  /** Replaces all caps by country: credits a day by ISO 3166-1 code, `*` for every other country. */
  spendCapCountries?: Readonly<Record<string, number>> | null;
  /** Whether numbers that opted out are refused codes as well. */
  optOutBlocksOtp?: boolean | null;
  /** Whether STOP, START and HELP are answered with a short message. */
  optOutReplies?: boolean | null;
  /** The answer to HELP, without line breaks. */
  helpText?: string | null;
}

/** A number that receives no messages from the account. */
export interface OptOut extends Result {
  readonly number: string;
  /** `keyword`: its user replied with a word such as STOP. `api`: it was added by this API. `carrier`: its carrier reported it. */
  readonly source: string;
  /** The word of the reply. */
  readonly keyword?: string;
  readonly createdAt: Date;
}

/** The account's credits. */
export interface Balance extends Result {
  /** The credits that can be spent. */
  readonly credits: number;
  /** The credits held for messages in progress. */
  readonly held: number;
}

/** A report of messages and credits. */
export interface Usage extends Result {
  /** The first day of the report. */
  readonly from: string;
  /** The last day of the report. */
  readonly to: string;
  /** A line for each group with messages. */
  readonly data: readonly UsageLine[];
  readonly total: UsageSums;
}

/** The sums of a report of messages. */
export interface UsageSums extends Model {
  /** Messages that a carrier accepted. */
  readonly messages: number;
  /** The SMS segments of these messages. */
  readonly segments: number;
  /** The credits charged for them. */
  readonly credits: number;
  /** What they cost the operator, in credits; only for keys with the scope `operator`. */
  readonly cost?: number;
}

/** One group of a report of messages. */
export interface UsageLine extends UsageSums {
  readonly day?: string;
  /** The ISO 3166-1 code of the number's country. */
  readonly country?: string;
  readonly channel?: string;
}

/** A report of codes sent and verified. */
export interface Conversion extends Result {
  /** The first day of the report. */
  readonly from: string;
  /** The last day of the report. */
  readonly to: string;
  /** A line for each group with codes. */
  readonly data: readonly ConversionLine[];
  /** The sums of all groups. */
  readonly total: ConversionLine;
}

/** One group of a report of codes. */
export interface ConversionLine extends Model {
  readonly day?: string;
  readonly country?: string;
  /** The number's first digits: the calling code and the next two or three digits. */
  readonly prefix?: string;
  readonly channel?: string;
  readonly carrier?: string;
  /** The id of the template; `built-in` for the built-in text, `other` for those that are counted together. */
  readonly template?: string;
  /** Codes whose first message a carrier accepted. */
  readonly codes: number;
  /** Messages with codes that a carrier accepted. */
  readonly sent: number;
  readonly delivered: number;
  readonly verified: number;
  /** From 0 to 1; absent when nothing was sent. */
  readonly conversionRate?: number;
  /** The median time from a code to its verification. */
  readonly medianSeconds?: number;
  /** The time within which 95% of the verified codes were verified. */
  readonly p95Seconds?: number;
  readonly credits: number;
  readonly creditsPerVerified?: number;
}

/** What a phone number is. */
export interface Lookup extends Result {
  readonly number: string;
  /** The ISO 3166-1 code of the country; `001` for international numbers, empty when unknown. */
  readonly country: string;
  /** What the number is for, such as `mobile`. */
  readonly type: string;
  /** Whether the number is in a range that is in use and served. */
  readonly valid: boolean;
  /** The number as dialled inside its country. */
  readonly national: string;
  /** The number as dialled from abroad. */
  readonly international: string;
}

/** A connection over which the server sends messages. */
export interface Carrier extends Result {
  /** The carrier's name in the server's configuration. */
  readonly name: string;
  /** How it is reached, such as `smpp`, `http` or `twilio`. */
  readonly kind: string;
  /** The channels that it serves. */
  readonly channels: readonly Channel[];
  /** `ok`, `failing`, `open` while attempts pass it by, `paused` or `stopped`. */
  readonly state: string;
  /** When an operator paused it. */
  readonly pausedSince?: Date;
  /** When it began to fail. */
  readonly failingSince?: Date;
  /** What it answered last when it failed. */
  readonly lastError?: string;
  /** How many of its sessions are connected; absent for kinds without sessions. */
  readonly sessionsBound?: number;
  /** How many sessions it should have; absent for kinds without sessions. */
  readonly sessions?: number;
  /** The messages that it has not answered yet. */
  readonly inFlight: number;
  /** The messages that wait for it. */
  readonly queued: number;
  /** The most messages that it may be given in a second; 0 for no limit. */
  readonly rate: number;
  /** How many messages it is given in a second now. */
  readonly rateUsed: number;
  /** How many nodes of the server report it. */
  readonly nodes: number;
}

/** The settings of the account. `AccountUpdateParams` describes them. */
export interface Account extends Result {
  readonly id: string;
  readonly name: string;
  readonly defaultLocale: string;
  readonly origin: string;
  readonly appHash: string;
  readonly from: string;
  readonly onUnknown: string;
  readonly maskNumbers: boolean;
  readonly smartEncoding: boolean;
  readonly creditsLow: number;
  readonly spendCapHour: number;
  readonly spendCapDay: number;
  readonly spendCapCountries: Readonly<Record<string, number>>;
  readonly optOutBlocksOtp: boolean;
  readonly optOutReplies: boolean;
  readonly helpText: string;
  readonly createdAt: Date;
}

/** The answer to a deletion. */
export interface Deleted extends Result {
  /** The id of what was deleted. */
  readonly id: string;
  /** Always true. */
  readonly deleted: boolean;
}

/** The filters of `balance.entries`. */
export interface BalanceEntryListParams extends PageParams {
  /** Only lines of this kind. */
  kind?: string | null;
}

/** A line of the ledger of credits. */
export interface BalanceEntry extends Result {
  /** Its number, which counts up. */
  readonly seq: number;
  /** Such as `grant`, `hold`, `capture`, `release` or `refund`. */
  readonly kind: string;
  /** What it added to the credits; negative for what it took. */
  readonly credits: number;
  /** What it added to the held credits; negative for what it took. */
  readonly held: number;
  /** The credits after it. */
  readonly balance: number;
  /** The message that it is about. */
  readonly messageId?: string;
  /** When it was written. */
  readonly createdAt: Date;
}

/** What a channel costs. */
export interface Price extends Result {
  /** The channel. */
  readonly channel: string;
  /** The first digits of the numbers; empty for all others. */
  readonly prefix: string;
  /** The ISO 3166-1 code of their country. */
  readonly country?: string;
  /** What is counted: `segment`, `message` or `call`. */
  readonly unit: string;
  /** The credits for one unit. */
  readonly credits: number;
  /** What a unit costs the operator; only for keys with the scope `operator`. */
  readonly cost?: number;
}

/** What happened with a number in the last 24 hours. */
export interface NumberReport extends Result {
  /** The number. */
  readonly number: string;
  /** The ISO 3166-1 code of its country. */
  readonly country: string;
  /** `test` or `live`. */
  readonly mode: string;
  /** Where the report begins. */
  readonly since: Date;
  /** All of it in one sentence. */
  readonly summary: string;
  /** Such as `no_request`, `refused`, `failed`, `waiting`, `delivered`, `verified` or `expired`. */
  readonly verdict: string;
  /** What happened, oldest first. */
  readonly findings: readonly NumberFinding[];
  /** What to do. */
  readonly advice: readonly string[];
}

/** Something that happened with a number. */
export interface NumberFinding extends Model {
  /** When it happened. */
  readonly at: Date;
  /** Such as `request`, `refusal`, `attempt`, `receipt`, `check`, `result`, `opt_out` or `limit`. */
  readonly kind: string;
  /** What happened, in plain words. */
  readonly text: string;
  /** The code that it is about. */
  readonly otpId?: string;
  /** The message that it is about. */
  readonly messageId?: string;
  /** The carrier, by its name on the server. */
  readonly carrier?: string;
  /** The channel. */
  readonly channel?: string;
  /** The carrier's own code for it. */
  readonly carrierCode?: string;
}
