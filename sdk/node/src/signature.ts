import { ConfigurationError, WebhookSignatureError } from './errors.js';
import { parseJson } from './json.js';
import { deepFreeze, FieldFault, isObject } from './shape.js';
import { webhookEvent } from './shapes.js';
import type { WebhookEvent } from './types/webhooks.js';

/** The raw body of a webhook, before any JSON parser. */
export type WebhookPayload = string | Uint8Array | ArrayBuffer;

/** The header `X-SysSecure-Signature`, as frameworks give it. */
export type WebhookHeader = string | readonly string[] | null | undefined;

/** The secret of an endpoint, or several while it is rotated. */
export type WebhookSecret = string | readonly string[];

/** The part of node:crypto that is used. */
interface NodeCrypto {
  createHmac(algorithm: string, key: Uint8Array): { update(data: Uint8Array): { digest(): Uint8Array } };
  timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean;
}

/** What a signature header says. */
interface Signatures {
  /** The time as the header writes it: this text is signed. */
  readonly timestamp: string;
  readonly digests: readonly Uint8Array<ArrayBuffer>[];
}

/** What is to be checked. */
interface Check extends Signatures {
  readonly message: Uint8Array<ArrayBuffer>;
  readonly keys: readonly Uint8Array<ArrayBuffer>[];
}

const TIMESTAMP = /^[0-9]{1,12}$/;
const DIGEST = /^[0-9a-f]{64}$/i;
const utf8 = new TextEncoder();

/** Accepts a webhook or throws. `now` is in milliseconds since 1970. */
export function verifyAt(
  payload: WebhookPayload,
  header: WebhookHeader,
  secret: WebhookSecret,
  tolerance: number,
  now: number,
): void {
  const check = prepare(payload, header, secret, tolerance);
  const crypto = nodeCrypto();
  const matches = check.keys.map((key) => {
    const expected = hmac(crypto, key, check.message);
    return check.digests.map((digest) => crypto.timingSafeEqual(digest, expected)).includes(true);
  });
  conclude(matches.includes(true), check.timestamp, tolerance, now);
}

/** Does the same with Web Crypto. */
export async function verifyAsyncAt(
  payload: WebhookPayload,
  header: WebhookHeader,
  secret: WebhookSecret,
  tolerance: number,
  now: number,
): Promise<void> {
  const check = prepare(payload, header, secret, tolerance);
  const { subtle } = crypto;
  const matches = check.keys.map(async (bytes) => {
    const key = await subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
    // Web Crypto compares in constant time.
    const found = await Promise.all(check.digests.map((digest) => subtle.verify('HMAC', key, digest, check.message)));
    return found.includes(true);
  });
  conclude((await Promise.all(matches)).includes(true), check.timestamp, tolerance, now);
}

/** Reads the event of a payload that was verified. */
export function readEvent(payload: WebhookPayload): WebhookEvent {
  const body = parse(payload);
  if (!isObject(body) || typeof body['event'] !== 'string') {
    throw new WebhookSignatureError('invalid_payload', 'the signature is right, but the body is no event');
  }
  try {
    return webhookEvent.read(deepFreeze(body));
  } catch (error) {
    if (error instanceof FieldFault) {
      throw new WebhookSignatureError('invalid_payload', `in the body of the event, ${error.message}`);
    }
    throw error;
  }
}

/** Makes the header of a payload that is signed at a time, in seconds since 1970. */
export function signAt(payload: WebhookPayload, secret: string, timestamp: number): string {
  const [key] = keysOf(secret);
  const digest = hmac(nodeCrypto(), key as Uint8Array, joined(String(timestamp), bytesOf(payload)));
  return `t=${timestamp},v1=${Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Checks the arguments, and reads the header. */
function prepare(payload: WebhookPayload, header: WebhookHeader, secret: WebhookSecret, tolerance: number): Check {
  if (!(Number.isFinite(tolerance) && tolerance > 0)) {
    throw new ConfigurationError(`tolerance is ${tolerance}; give seconds above 0`);
  }
  const keys = keysOf(secret);
  const bytes = bytesOf(payload);
  const signatures = parseHeader(header);
  return { ...signatures, keys, message: joined(signatures.timestamp, bytes) };
}

/** Accepts or refuses. The signature comes first, so that the time of a forged header tells nothing. */
function conclude(matches: boolean, timestamp: string, tolerance: number, now: number): void {
  if (!matches) {
    throw new WebhookSignatureError('no_match', 'no signature of X-SysSecure-Signature fits the body and the secret');
  }
  if (Math.abs(Math.floor(now / 1000) - Number(timestamp)) > tolerance) {
    throw new WebhookSignatureError(
      'timestamp_out_of_range',
      `the webhook was signed more than ${tolerance} seconds before or after now; check this machine's clock`,
    );
  }
}

function parseHeader(header: WebhookHeader): Signatures {
  const text = (Array.isArray(header) ? header.join(',') : (header as string | null | undefined)) ?? '';
  if (text === '') {
    throw new WebhookSignatureError('missing_header', 'the request has no header X-SysSecure-Signature');
  }

  const parts = text.split(',').map((part) => {
    const [scheme = '', ...value] = part.trim().split('=');
    return { scheme, value: value.join('=') };
  });
  const valuesOf = (wanted: string) => parts.filter(({ scheme }) => scheme === wanted).map(({ value }) => value);
  const [timestamp, ...others] = valuesOf('t');
  if (timestamp === undefined || !TIMESTAMP.test(timestamp) || others.length > 0) {
    throw new WebhookSignatureError('malformed_header', 'X-SysSecure-Signature does not have exactly one time t=…');
  }

  const signatures = valuesOf('v1');
  if (signatures.length === 0) {
    throw new WebhookSignatureError('no_signature', 'X-SysSecure-Signature has no signature v1=…');
  }
  const digests = signatures.filter((value) => DIGEST.test(value)).map(fromHex);
  return { timestamp, digests };
}

function keysOf(secret: WebhookSecret): Uint8Array<ArrayBuffer>[] {
  const secrets = typeof secret === 'string' ? [secret] : Array.from(secret ?? []);
  if (secrets.length === 0 || secrets.some((one) => typeof one !== 'string' || one === '')) {
    throw new ConfigurationError('there is no webhook secret, or an empty one; give the whole whsec_… of the endpoint');
  }
  return secrets.map((one) => utf8.encode(one));
}

function bytesOf(payload: WebhookPayload): Uint8Array {
  if (typeof payload === 'string') {
    return utf8.encode(payload);
  }
  if (payload instanceof Uint8Array) {
    return payload;
  }
  if (payload instanceof ArrayBuffer) {
    return new Uint8Array(payload);
  }
  throw new ConfigurationError(
    'the payload was parsed already, and its signature cannot be checked any more: give the raw body, ' +
      "as express.raw({ type: 'application/json' }) or await request.text() reads it",
  );
}

/** What is signed: the time as it is written, a dot, and the body. */
function joined(timestamp: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = utf8.encode(`${timestamp}.`);
  const message = new Uint8Array(head.length + body.length);
  message.set(head);
  message.set(body, head.length);
  return message;
}

function parse(payload: WebhookPayload): unknown {
  try {
    return parseJson(new TextDecoder().decode(bytesOf(payload)));
  } catch {
    return undefined;
  }
}

function fromHex(digits: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

function hmac(crypto: NodeCrypto, key: Uint8Array, message: Uint8Array): Uint8Array {
  return crypto.createHmac('sha256', key).update(message).digest();
}

/** Finds node:crypto without importing it, so that the package loads where there is none. */
function nodeCrypto(): NodeCrypto {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => NodeCrypto | undefined } };
  const crypto = process?.getBuiltinModule?.('node:crypto');
  if (crypto === undefined) {
    throw new ConfigurationError(
      'this runtime gives no node:crypto (Node does from 20.16 and 22.3 on): use constructEventAsync, and await it',
    );
  }
  return crypto;
}
