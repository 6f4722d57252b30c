import {
  readEvent,
  signAt,
  verifyAsyncAt,
  verifyAt,
  type WebhookHeader,
  type WebhookPayload,
  type WebhookSecret,
} from './signature.js';
import type { WebhookEvent } from './types/webhooks.js';

const DEFAULT_TOLERANCE = 300;

/**
 * Checks that a webhook is from your server and recent.
 *
 * @param payload the raw body, not parsed
 * @param header the header `X-SysSecure-Signature`
 * @param secret the secret of the endpoint, or several while it is rotated
 * @param tolerance how many seconds its time may differ from now: 300 by default
 * @throws WebhookSignatureError when it is not accepted; ConfigurationError when the arguments are wrong
 */
export function verify(
  payload: WebhookPayload,
  header: WebhookHeader,
  secret: WebhookSecret,
  tolerance: number = DEFAULT_TOLERANCE,
): void {
  verifyAt(payload, header, secret, tolerance, Date.now());
}

/**
 * Checks a webhook as `verify` does, and reads its event.
 *
 * @throws WebhookSignatureError when it is not accepted; ConfigurationError when the arguments are wrong
 */
export function constructEvent(
  payload: WebhookPayload,
  header: WebhookHeader,
  secret: WebhookSecret,
  tolerance: number = DEFAULT_TOLERANCE,
): WebhookEvent {
  verify(payload, header, secret, tolerance);
  return readEvent(payload);
}

/**
 * Signs a payload as the server does, for tests of your receiver.
 *
 * @param timestamp when it is signed, in seconds since 1970: now by default
 * @returns the header `X-SysSecure-Signature`
 */
export function sign(
  payload: WebhookPayload,
  secret: string,
  timestamp: number = Math.floor(Date.now() / 1000),
): string {
  return signAt(payload, secret, timestamp);
}

/** Does what `verify` does with Web Crypto, for runtimes that lack node:crypto. Do not forget to await it. */
export async function verifyAsync(
  payload: WebhookPayload,
  header: WebhookHeader,
  secret: WebhookSecret,
  tolerance: number = DEFAULT_TOLERANCE,
): Promise<void> {
  await verifyAsyncAt(payload, header, secret, tolerance, Date.now());
}

/** Does what `constructEvent` does with Web Crypto, for runtimes that lack node:crypto. */
export async function constructEventAsync(
  payload: WebhookPayload,
  header: WebhookHeader,
  secret: WebhookSecret,
  tolerance: number = DEFAULT_TOLERANCE,
): Promise<WebhookEvent> {
  await verifyAsync(payload, header, secret, tolerance);
  return readEvent(payload);
}
