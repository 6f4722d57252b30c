import type { Model, PageParams, Result, Time } from './common.js';

/** The filters of `keys.list`. */
export interface KeyListParams extends PageParams {
  /** Only those that are `working`, `active`, `expiring`, `expired` or `revoked`. */
  status?: string | null;
  /** Only those with this text in their name, prefix or id. */
  search?: string | null;
}

/** The parameters of `keys.create`. */
export interface KeyCreateParams {
  /** Your name for it, at most 64 characters. */
  name?: string | null;
  /** What it may do; only scopes that your own key has, and by default all of them. */
  scopes?: readonly string[] | null;
}

/** The parameters of `keys.rotate`. */
export interface KeyRotateParams {
  /** How many seconds the old key still works: at most 30 days; one day by default. */
  overlap?: number | null;
}

/** The filters of `requests.list`. */
export interface RequestListParams extends PageParams {
  /** Only requests with this key. */
  keyId?: string | null;
  /** Only those with this outcome: `success`, `error`, `2xx`, `4xx`, `5xx` or a status such as `429`. */
  status?: string | null;
  /** Only those with this HTTP method. */
  method?: string | null;
  /** Only this operation, such as `send-otp`. */
  operation?: string | null;
  /** Only those from this time on. */
  createdAfter?: Time | null;
  /** Only those before this time. */
  createdBefore?: Time | null;
}

/** The filters of `audit.list`. */
export interface AuditListParams extends PageParams {
  /** Whose log: `account`, the default, or `installation`, which needs the scope `operator`. */
  of?: string | null;
  /** Only changes by this user or key. */
  actor?: string | null;
  /** Only this action, such as `key.rotated`. */
  action?: string | null;
  /** Only changes to this object, by its id. */
  object?: string | null;
  /** Only those from this time on. */
  createdAfter?: Time | null;
  /** Only those before this time. */
  createdBefore?: Time | null;
}

/** An API key, without the key itself. */
export interface ApiKey extends Result {
  /** Identifies the key; it may be shown. */
  readonly id: string;
  /** Your name for it. */
  readonly name?: string;
  /** `test` or `live`. */
  readonly mode: string;
  /** The first characters of the key. */
  readonly prefix: string;
  /** What it may do: `send`, `verify`, `read`, `admin`. */
  readonly scopes: readonly string[];
  /** `active`, `expiring`, `expired` or `revoked`. */
  readonly status: string;
  /** Who made it: a user, a key or the command line. */
  readonly createdBy?: string;
  /** When it was made. */
  readonly createdAt: Date;
  /** When it was used last. */
  readonly lastUsedAt?: Date;
  /** The address that used it last. */
  readonly lastUsedFrom?: string;
  /** When it ends, after a rotation. */
  readonly expiresAt?: Date;
  /** When it was revoked. */
  readonly revokedAt?: Date;
  /** The key itself; only the calls that create or rotate it return it. */
  readonly secret?: string;
  /** The id of the key that this one takes the place of; only after a rotation. */
  readonly replaces?: string;
}

/** A request to the API, without its body. */
export interface LoggedRequest extends Result {
  /** The id of the request, as in `X-Request-Id`. */
  readonly id: string;
  /** The HTTP method. */
  readonly method: string;
  /** The path, with numbers masked. */
  readonly path: string;
  /** The operation, such as `send-otp`. */
  readonly operation?: string;
  /** The HTTP status of the answer. */
  readonly status: number;
  /** The code of the error. */
  readonly error?: string;
  /** Why it failed, more precisely. */
  readonly reason?: string;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** The id of the key. */
  readonly keyId: string;
  /** The name of the key. */
  readonly keyName?: string;
  /** The address of the caller. */
  readonly address: string;
  /** The User-Agent of the caller. */
  readonly userAgent: string;
  /** Whether an earlier answer was given again for the same idempotency key. */
  readonly replayed: boolean;
  /** How many requests before it were left out. */
  readonly sampled?: number;
  /** When it was answered. */
  readonly createdAt: Date;
}

/** A change that somebody made to the account. */
export interface AuditEntry extends Result {
  /** Identifies the entry. */
  readonly id: string;
  /** What was done, such as `key.rotated`. */
  readonly action: string;
  /** The id of what it was done to. */
  readonly object: string;
  /** Who did it. */
  readonly actor: AuditActor;
  /** `test` or `live`, when it was done in one of them. */
  readonly mode?: string;
  /** The fields that were changed, without secrets. */
  readonly changes: readonly AuditChange[];
  /** The address from which it was done. */
  readonly address?: string;
  /** The User-Agent with which it was done. */
  readonly userAgent?: string;
  /** When it was done. */
  readonly createdAt: Date;
}

/** Who made a change. */
export interface AuditActor extends Model {
  /** `user`, `key`, `command_line` or `system`. */
  readonly kind: string;
  /** The id of the user or key. */
  readonly id?: string;
  /** The name of the user or key. */
  readonly name?: string;
}

/** A field that was changed. */
export interface AuditChange extends Model {
  /** The name of the field. */
  readonly field: string;
  /** What it was. */
  readonly before?: string;
  /** What it is now. */
  readonly after?: string;
}
