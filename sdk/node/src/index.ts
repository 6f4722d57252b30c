import { SysSecure } from './client.js';

export { type RequestParams, SysSecure } from './client.js';
export {
  APIConnectionError,
  APIResponseError,
  APIStatusError,
  APITimeoutError,
  AuthenticationError,
  BadRequestError,
  ConfigurationError,
  InsufficientCreditsError,
  InternalServerError,
  InvalidPhoneError,
  NotFoundError,
  RateLimitError,
  SysSecureError,
  WebhookSignatureError,
  type WebhookSignatureReason,
} from './errors.js';
export type { CallOptions, ClientOptions, Fetch, FetchInit, FetchResponse, Logger } from './options.js';
export type { Page, PagePromise } from './resource.js';
export type { WebhookHeader, WebhookPayload, WebhookSecret } from './signature.js';
export type * from './types/access.js';
export type * from './types/account.js';
export type * from './types/common.js';
export type * from './types/messages.js';
export type * from './types/operator.js';
export type * from './types/otp.js';
export type * from './types/templates.js';
export type * from './types/webhooks.js';
export { VERSION } from './version.js';
export * as webhooks from './webhooks.js';

export default SysSecure;
