import type { Channel, Model, PageParams, Result } from './common.js';

/** The parameters of `carriers.test`. */
export interface CarrierTestParams {
  /** A number to which a test message is sent, in E.164 format. */
  to?: string | null;
}

/** The parameters of `routes.explain`. */
export interface RouteExplainParams {
  /** The number in E.164 format. */
  to: string;
  /** The channels, in the order in which they would be tried. */
  channels?: readonly Channel[] | null;
}

/** The parameters of `accounts.list`. */
export interface AccountListParams extends PageParams {
  /** Only those with this text in their name or id. */
  search?: string | null;
}

/** The parameters of `accounts.create`. */
export interface AccountCreateParams {
  /** The account's name. */
  name: string;
  /** The credits that it begins with. */
  credits?: number | null;
}

/** The parameters of `accounts.addCredits`. */
export interface AccountCreditsParams {
  /** How many; negative to take them away. */
  credits: number;
}

/** What a carrier's test found. */
export interface CarrierTest extends Result {
  /** The carrier's name. */
  readonly carrier: string;
  /** Whether everything works. */
  readonly ok: boolean;
  /** The steps, in their order. */
  readonly checks: readonly CarrierCheck[];
  /** How long it took, in milliseconds. */
  readonly tookMs: number;
}

/** One step of a carrier's test. */
export interface CarrierCheck extends Model {
  /** What was tested. */
  readonly name: string;
  /** Whether it works. */
  readonly ok: boolean;
  /** What was seen. */
  readonly note?: string;
}

/** How a message to a number would be sent now. */
export interface RoutePlan extends Result {
  /** The number. */
  readonly to: string;
  /** The ISO 3166-1 code of its country. */
  readonly country?: string;
  /** What the number is for, such as `mobile`. */
  readonly type: string;
  /** `test` or `live`. */
  readonly mode: string;
  /** What a send is refused for. */
  readonly problem?: string;
  /** Whether it is a test number, to which nothing is sent. */
  readonly testNumber?: boolean;
  /** What a send holds at first. */
  readonly credits: number;
  /** The steps, in the order in which they are tried. */
  readonly steps: readonly RouteStep[];
  /** The carriers that are not tried. */
  readonly leftOut: readonly RouteLeftOut[];
}

/** A step of a plan. */
export interface RouteStep extends Model {
  /** The channel. */
  readonly channel: string;
  /** The carrier's name. */
  readonly carrier: string;
  /** How the carrier is reached. */
  readonly kind?: string;
  /** The price of a unit. */
  readonly credits: number;
  /** What is counted: `segment`, `message` or `call`. */
  readonly unit: string;
  /** What a unit costs the operator, if that is configured. */
  readonly cost?: number;
  /** How long a receipt is waited for, or an answered call. */
  readonly waitSeconds: number;
  /** Whether the carrier sends receipts. */
  readonly receipts: boolean;
  /** Why the step is at its place. */
  readonly chosen: string;
  /** The share of messages that begin with it, from 0 to 1, when carriers are chosen by their rate. */
  readonly first?: number;
  /** The mean time to verify a code that came this way. */
  readonly timeToVerifySeconds?: number;
  /** The carrier's state. */
  readonly state?: string;
  /** What is wrong with the carrier. */
  readonly trouble: readonly string[];
}

/** A carrier that a plan leaves out. */
export interface RouteLeftOut extends Model {
  /** The channel. */
  readonly channel: string;
  /** The carrier's name. */
  readonly carrier: string;
  /** Why it is left out. */
  readonly why: string;
}

/** The installation of the server. */
export interface Instance extends Result {
  /** The version of the node that answered. */
  readonly version: string;
  /** `sqlite` or `postgres`. */
  readonly database: string;
  /** When the node that answered was started. */
  readonly startedAt: Date;
  /** All nodes. */
  readonly nodes: readonly InstanceNode[];
  /** The messages that wait. */
  readonly queued: number;
  /** What is free on the disk, in bytes. */
  readonly diskFreeBytes?: number;
  /** The number of accounts. */
  readonly accounts: number;
}

/** A node of the server. */
export interface InstanceNode extends Model {
  /** Identifies the node. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** Its state. */
  readonly state: string;
  /** The version that it runs. */
  readonly version: string;
  /** When it was seen last. */
  readonly seenAt: Date;
}

/** An account of the server, as its operator sees it. */
export interface AccountSummary extends Result {
  /** Identifies the account. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** The credits that it can spend. */
  readonly credits: number;
  /** The credits held for messages in progress. */
  readonly held: number;
  /** When it was made. */
  readonly createdAt: Date;
}

/** A new account with its secrets, which are not shown again. */
export interface CreatedAccount extends Result {
  /** Identifies the account. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** The credits that it can spend. */
  readonly credits: number;
  /** Signs the events of live messages to callback URLs. */
  readonly callbackSecret: string;
  /** Signs the events of test messages to callback URLs. */
  readonly testCallbackSecret: string;
}
