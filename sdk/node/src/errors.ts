import type { FieldError, JsonObject } from './types/common.js';

/** The base class of every error of this package. */
export class SysSecureError extends Error {}

/** The arguments are wrong, or the client is closed. Nothing was sent. */
export class ConfigurationError extends SysSecureError {}

/** There was no whole response: no connection, no answer, or an answer that broke off. `cause` tells why. */
export class APIConnectionError extends SysSecureError {}

/** There was no whole response within the timeout of an attempt. */
export class APITimeoutError extends APIConnectionError {}

/** The status was 2xx, but the body is not what the API promises. It is not retried: the request may have had its effect. */
export class APIResponseError extends SysSecureError {
  /** The HTTP status, 2xx. */
  readonly status: number;
  /** The id of the request, for the server's operator. */
  readonly requestId: string | undefined;

  /** @internal */
  constructor(message: string, status: number, requestId: string | undefined) {
    super(message);
    this.status = status;
    this.requestId = requestId;
  }
}

/** Why a webhook is not accepted. */
export type WebhookSignatureReason =
  | 'missing_header'
  | 'malformed_header'
  | 'no_signature'
  | 'no_match'
  | 'timestamp_out_of_range'
  | 'invalid_payload';

/** A webhook is not from the server, not recent, or not an event. Answer it with status 400. */
export class WebhookSignatureError extends SysSecureError {
  /** Why it is not accepted. */
  readonly reason: WebhookSignatureReason;

  /** @internal */
  constructor(reason: WebhookSignatureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** @internal What an APIStatusError is made of. Its texts are redacted already. */
export interface StatusErrorParts {
  status: number;
  code: string;
  message: string;
  requestId: string | undefined;
  details: JsonObject;
  retryAfter: number | undefined;
  headers: Headers;
}

/** The server answered with a status other than 2xx. The subclasses name the usual ones. */
export class APIStatusError extends SysSecureError {
  /** The HTTP status. */
  readonly status: number;
  /** The kind of error, such as `rate_limit_exceeded`; empty when the answer is not the API's. Later servers may have others. */
  readonly code: string;
  /** The id of the request, for the server's operator. */
  readonly requestId: string | undefined;
  /** The details of the error; empty when there are none. */
  readonly details: Readonly<JsonObject>;
  /** In how many seconds the server wants to be asked again, by its `Retry-After`. */
  declare readonly retryAfter?: number;
  /** The headers of the answer. */
  declare readonly headers: Headers;

  /** @internal */
  constructor(parts: StatusErrorParts) {
    super(statusText(parts));
    // A stack begins with the message as it is when the stack is first read: with the status and the id of the request.
    void this.stack;
    this.message = parts.message;
    this.status = parts.status;
    this.code = parts.code;
    this.requestId = parts.requestId;
    this.details = parts.details;
    if (parts.retryAfter !== undefined) {
      this.retryAfter = parts.retryAfter;
    }
    // An error is often printed whole. Its headers would fill the screen.
    Object.defineProperty(this, 'headers', { value: parts.headers });
  }

  /** Everything that is wrong with the request, field by field; empty when the server names no field. */
  get errors(): readonly FieldError[] {
    const { errors } = this.details;
    return Array.isArray(errors) ? (errors as FieldError[]) : [];
  }

  /** The id of the pending OTP, when a send came too soon after the one before. */
  get otpId(): string | undefined {
    return text(this.details['otp_id']);
  }

  /** The limit that was reached: as in the server's configuration, such as `5/10m`, or by its name, such as `templates`. */
  get limit(): string | undefined {
    return text(this.details['limit']);
  }

  /** The page that describes the error, when the server's operator has published one. */
  get docUrl(): string | undefined {
    return text(this.details['doc_url']);
  }

  /** The status, the code, the message and the id of the request, in one line. */
  override toString(): string {
    return statusText(this);
  }
}

/** 400: a parameter is missing or wrong. `errors` tells which. */
export class BadRequestError extends APIStatusError {}

/** 401: the key is unknown, was revoked, or may not do this. */
export class AuthenticationError extends APIStatusError {}

/** 402: the account has not enough credits. */
export class InsufficientCreditsError extends APIStatusError {}

/** 404: there is nothing with this id. */
export class NotFoundError extends APIStatusError {}

/** 422: the phone number is not valid, or cannot be reached. */
export class InvalidPhoneError extends APIStatusError {}

/** 429: too many requests. `limit` names the limit, `retryAfter` the seconds to wait. */
export class RateLimitError extends APIStatusError {}

/** 500 and above: the server failed. */
export class InternalServerError extends APIStatusError {}

const classes: Readonly<Record<number, typeof APIStatusError>> = {
  400: BadRequestError,
  401: AuthenticationError,
  402: InsufficientCreditsError,
  404: NotFoundError,
  422: InvalidPhoneError,
  429: RateLimitError,
};

/** @internal Makes the error of a status; the status alone decides its class. */
export function statusError(parts: StatusErrorParts): APIStatusError {
  const Class = classes[parts.status] ?? (parts.status >= 500 ? InternalServerError : APIStatusError);
  return new Class(parts);
}

function statusText({
  status,
  code,
  message,
  requestId,
}: Omit<StatusErrorParts, 'details' | 'headers' | 'retryAfter'>) {
  const id = requestId === undefined ? '' : ` (request_id: ${requestId})`;
  return `${status}${code && ` ${code}`}: ${message}${id}`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

// On the prototype the name is no property of each error, and written here no minifier changes it.
for (const [name, Class] of Object.entries({
  SysSecureError,
  ConfigurationError,
  APIConnectionError,
  APITimeoutError,
  APIResponseError,
  WebhookSignatureError,
  APIStatusError,
  BadRequestError,
  AuthenticationError,
  InsufficientCreditsError,
  NotFoundError,
  InvalidPhoneError,
  RateLimitError,
  InternalServerError,
})) {
  Object.defineProperty(Class.prototype, 'name', { value: name, configurable: true, writable: true });
}

const NUMBER = /\+(\d\d)\d{3,11}(\d\d)/g;

/** Hides phone numbers in a text: `+32…56`. */
export function redactNumbers(text: string): string {
  return text.replace(NUMBER, '+$1…$2');
}

/** Hides the key and phone numbers in a text that comes from outside. */
export function redact(text: string, key: string): string {
  return redactNumbers(text.replaceAll(key, 'sk_…'));
}

/** Hides the key and phone numbers in every text of a JSON value. */
export function redactAll(value: unknown, key: string): unknown {
  if (typeof value === 'string') {
    return redact(value, key);
  }
  if (Array.isArray(value)) {
    return value.map((element) => redactAll(element, key));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([name, element]) => [redact(name, key), redactAll(element, key)]),
  );
}

/** The part of the key that is shown. A key that is hardly longer would be shown almost whole. */
export function shownKey(key: string): string {
  return key.length > 10 ? `${key.slice(0, 8)}…` : '…';
}
