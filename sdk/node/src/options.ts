import { ConfigurationError } from './errors.js';

const DEFAULT_BASE_URL = 'https://api.syssecure.me';
const MOST_SECONDS = 3600;

/** Where a client writes what it does. `console`, pino and winston fit. */
export interface Logger {
  /** Takes one line of text, without secrets, numbers and bodies. */
  debug(message: string): void;
}

/** What a client gives to its `fetch`. */
export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string;
  redirect: 'manual';
  signal: AbortSignal;
}

/** What a client needs of an answer. A `Response` has it. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: {
    get(name: string): string | null;
    forEach(callback: (value: string, name: string) => void): void;
  };
  readonly body: {
    getReader(): { read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>; cancel(): Promise<void> };
  } | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** How requests are sent. The global `fetch` and that of undici fit. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** The options of a client. Every duration is in seconds. */
export interface ClientOptions {
  /** The API key. Without it `SYSSECURE_API_KEY` is used. */
  apiKey?: string;
  /** The address of your server. Without it `SYSSECURE_BASE_URL` is used, or else `https://api.syssecure.me`. */
  baseUrl?: string;
  /** How long one attempt may take, in seconds: 30 by default. */
  timeout?: number;
  /** How many further attempts follow when one fails: 2 by default. */
  maxRetries?: number;
  /** The longest `Retry-After` that is waited for, in seconds: 10 by default. */
  maxRetryAfter?: number;
  /** Headers for every request. */
  headers?: Readonly<Record<string, string>>;
  /** The name of your program, added at the end of the User-Agent. */
  userAgent?: string;
  /** Where to write what the client does. Without it nothing is written. */
  logger?: Logger;
  /** Whether to send the key over plain HTTP to another machine. */
  allowInsecureHttp?: boolean;
  /** How requests are sent: the global `fetch` by default. */
  fetch?: Fetch;
}

/** The options of one call. Every duration is in seconds. */
export interface CallOptions {
  /** Repeats with the same key have no further effect. Without it each POST gets its own key. */
  idempotencyKey?: string;
  /** How long one attempt may take, in seconds. */
  timeout?: number;
  /** How many further attempts follow when one fails. */
  maxRetries?: number;
  /** Headers for this call, which win over the client's. */
  headers?: Readonly<Record<string, string>>;
  /** Ends the call, also while it waits for its next attempt. The call then fails with the signal's reason. */
  signal?: AbortSignal;
}

/** The options of a client, checked and complete. */
export interface Settings {
  readonly apiKey: string;
  /** With `/v2`, without a slash at the end. */
  readonly baseUrl: string;
  readonly isDefaultBaseUrl: boolean;
  readonly timeout: number;
  readonly maxRetries: number;
  readonly maxRetryAfter: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly userAgent: string | undefined;
  readonly logger: Logger | undefined;
  readonly fetch: Fetch | undefined;
}

const CLIENT_OPTIONS = [
  'apiKey',
  'baseUrl',
  'timeout',
  'maxRetries',
  'maxRetryAfter',
  'headers',
  'userAgent',
  'logger',
  'allowInsecureHttp',
  'fetch',
];
const CALL_OPTIONS = ['idempotencyKey', 'timeout', 'maxRetries', 'headers', 'signal'];
// Another length than that of the body would make the server read the rest of it as the next request.
const FRAMING = ['content-length', 'transfer-encoding'];
const OPTIONS_OF_FETCH = ['proxy', 'caFile', 'connectTimeout'];

/** Checks the options of a client, and completes them from the environment. */
export function readClientOptions(options: ClientOptions): Settings {
  checkNames(options, CLIENT_OPTIONS);
  const { timeout = 30, maxRetries = 2, maxRetryAfter = 10, headers = {}, userAgent } = options;
  checkTimeout(timeout);
  checkMaxRetries(maxRetries);
  if (!(typeof maxRetryAfter === 'number' && maxRetryAfter >= 0 && maxRetryAfter <= MOST_SECONDS)) {
    throw new ConfigurationError(`maxRetryAfter is ${maxRetryAfter}; give 0 to ${MOST_SECONDS} seconds`);
  }
  if (userAgent !== undefined) {
    checkHeader('User-Agent', userAgent);
  }
  checkFunction('logger.debug', options.logger, options.logger?.debug);
  checkFunction('fetch', options.fetch, options.fetch);

  const address = options.baseUrl ?? (environment('SYSSECURE_BASE_URL') || undefined);
  return {
    apiKey: readKey(options.apiKey),
    baseUrl: readBaseUrl(address ?? DEFAULT_BASE_URL, options.allowInsecureHttp === true),
    isDefaultBaseUrl: address === undefined,
    timeout,
    maxRetries,
    maxRetryAfter,
    headers: readHeaders(headers),
    userAgent,
    logger: options.logger,
    fetch: options.fetch,
  };
}

/** Checks the options of one call. */
export function checkCallOptions(options: CallOptions): void {
  checkNames(options, CALL_OPTIONS);
  if (options.timeout !== undefined) {
    checkTimeout(options.timeout);
  }
  if (options.maxRetries !== undefined) {
    checkMaxRetries(options.maxRetries);
  }
  const key = options.idempotencyKey;
  if (key !== undefined && !/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key)) {
    throw new ConfigurationError(
      'idempotencyKey must have 1 to 255 printable ASCII characters, without a space at its ends',
    );
  }
}

function checkNames(options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError(`the options are not an object; there are ${known.join(', ')}`);
  }
  for (const name of Object.keys(options)) {
    if (OPTIONS_OF_FETCH.includes(name)) {
      throw new ConfigurationError(
        `fetch decides about ${name}: give your own fetch as the option fetch; the README shows how, under Advanced`,
      );
    }
    if (!known.includes(name)) {
      throw new ConfigurationError(`there is no option ${name}; there are ${known.join(', ')}`);
    }
  }
}

function checkFunction(name: string, given: unknown, value: unknown): void {
  if (given !== undefined && given !== null && typeof value !== 'function') {
    throw new ConfigurationError(`${name} is not a function`);
  }
}

function checkTimeout(timeout: number): void {
  // More is a number of milliseconds by mistake.
  if (!(typeof timeout === 'number' && timeout > 0 && timeout <= MOST_SECONDS)) {
    throw new ConfigurationError(`timeout is ${timeout}; give seconds, above 0 and up to ${MOST_SECONDS}`);
  }
}

function checkMaxRetries(maxRetries: number): void {
  if (!(Number.isInteger(maxRetries) && maxRetries >= 0)) {
    throw new ConfigurationError(`maxRetries is ${maxRetries}; give 0 or a whole number above it`);
  }
}

/** Checks the caller's headers, and writes their names in lower case, so that the last one of a name wins. */
export function readHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  if (typeof headers !== 'object' || headers === null || Symbol.iterator in headers) {
    throw new ConfigurationError("headers must be a plain object, such as { 'X-Trace': 'checkout-7' }");
  }
  const read: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    checkHeader(name, value);
    if (name.toLowerCase() === 'authorization') {
      throw new ConfigurationError('headers must not replace Authorization; give the key as apiKey');
    }
    if (name.toLowerCase() === 'idempotency-key') {
      throw new ConfigurationError('headers must not hold Idempotency-Key; give it to one call as idempotencyKey');
    }
    if (FRAMING.includes(name.toLowerCase())) {
      throw new ConfigurationError(`headers must not hold ${name}; fetch tells the length of the body itself`);
    }
    read[name.toLowerCase()] = value;
  }
  return read;
}

function checkHeader(name: string, value: string): void {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
    throw new ConfigurationError('the name of a header holds a character that is not allowed there');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
  if (typeof value !== 'string' || /[\r\n\0]|[^\x00-\xff]/.test(value)) {
    throw new ConfigurationError(
      `the header ${name} must be text without line breaks, NUL and characters beyond Latin-1`,
    );
  }
}

/** The value of an environment variable. Edge runtimes may have none. */
function environment(name: string): string | undefined {
  return (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.[name];
}

function readKey(argument: string | undefined): string {
  if (argument === '') {
    throw new ConfigurationError('apiKey is empty; give the key, or leave apiKey out to use SYSSECURE_API_KEY');
  }
  const key = argument ?? environment('SYSSECURE_API_KEY');
  if (!key) {
    throw new ConfigurationError('there is no API key: give it as apiKey, or set SYSSECURE_API_KEY');
  }
  if (typeof key !== 'string' || !/^[\x21-\x7e]+$/.test(key)) {
    throw new ConfigurationError(
      `${argument === undefined ? 'SYSSECURE_API_KEY' : 'apiKey'} must have printable ASCII characters only, without spaces and line breaks`,
    );
  }
  return key;
}

function readBaseUrl(address: string, allowInsecureHttp: boolean): string {
  const url = parseBaseUrl(address);
  if (url.protocol === 'http:' && !allowInsecureHttp && !isThisMachine(url.hostname)) {
    throw new ConfigurationError(
      'baseUrl would send the key over plain HTTP to another machine: use https, or set allowInsecureHttp',
    );
  }
  const path = url.pathname.replace(/\/+$/, '');
  return url.origin + (path.endsWith('/v2') ? path : `${path}/v2`);
}

function parseBaseUrl(address: string): URL {
  const isAbsolute = typeof address === 'string' && /^https?:\/\/[^\s\\]+$/i.test(address);
  if (!isAbsolute || !URL.canParse(address)) {
    throw new ConfigurationError('baseUrl must be an absolute URL, such as https://otp.example.com');
  }
  if (/[?#]|^\w+:\/\/[^/]*@/.test(address)) {
    throw new ConfigurationError('baseUrl must have no user, no query and no fragment');
  }
  return new URL(address);
}

function isThisMachine(host: string): boolean {
  return /^(?:(?:.+\.)?localhost\.?|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);
}
