import { type Answer, decodeResult, isSuccess, readAnswer, readError, SELF_HOSTED } from './answer.js';
import {
  APIConnectionError,
  APIResponseError,
  APIStatusError,
  APITimeoutError,
  ConfigurationError,
  redact,
  type SysSecureError,
} from './errors.js';
import type { Encoded, Operation } from './operation.js';
import { type CallOptions, checkCallOptions, type Fetch, readHeaders, type Settings } from './options.js';
import { isRetryable, retryDelay, type System } from './retry.js';
import { deepFreeze, FieldFault } from './shape.js';
import type { JsonObject, Model } from './types/common.js';
import { VERSION } from './version.js';

/** What to send. */
export interface Message extends Encoded {
  readonly method: string;
  /** The path without ids, for logs and errors. */
  readonly template: string;
}

/** What came before the body of an answer. */
export type AnswerHead = Pick<Answer, 'status' | 'requestId'>;

/** One request, the same on each attempt. */
interface Request {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  /** The method and the path without ids, for logs and errors. */
  readonly name: string;
}

/** How an attempt ended that brought no result. */
interface Failure {
  readonly error: SysSecureError;
  readonly isRetryable: boolean;
}

const CERTIFICATE_FAULT = /CERT|UNABLE_TO_|HOSTNAME_MISMATCH/;

/** Sends requests, and repeats those that fail. */
export class Http {
  readonly #settings: Settings;
  readonly #system: System;
  readonly #userAgent: string;
  #isClosed = false;

  constructor(settings: Settings, system: System) {
    this.#settings = settings;
    this.#system = system;
    this.#userAgent = userAgent(settings.userAgent);
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Calls an operation, and reads its result. */
  call<P, R extends Model>(
    operation: Operation<P, R>,
    ids: readonly string[] = [],
    params?: P,
    options?: CallOptions,
  ): Promise<R> {
    return this.read(operation, ids, params, options, (body, head) => operation.result.read(body, '', head.requestId));
  }

  /** Calls an operation, and reads the body of its answer with `read`. */
  async read<P, R>(
    operation: Operation<P, Model>,
    ids: readonly string[],
    params: P | undefined,
    options: CallOptions | undefined,
    read: (body: JsonObject, head: AnswerHead) => R,
  ): Promise<R> {
    const encoded = operation.encode(ids, params);
    const message = { method: operation.method, template: `/v2${operation.path}`, ...encoded };
    const answer = await this.#exchange(message, options ?? {});
    const body = deepFreeze(decodeResult(answer, nameOf(message)));
    try {
      return read(body, answer);
    } catch (error) {
      if (error instanceof FieldFault) {
        const text = `in the answer to ${nameOf(message)}, ${error.message}`;
        throw new APIResponseError(text, answer.status, answer.requestId);
      }
      throw error;
    }
  }

  /** Sends a message, and decodes the body of its answer. */
  async request(message: Message, options: CallOptions): Promise<JsonObject> {
    return decodeResult(await this.#exchange(message, options), nameOf(message));
  }

  async #exchange(message: Message, options: CallOptions): Promise<Answer> {
    if (this.#isClosed) {
      throw new ConfigurationError('the client is closed; make a new one');
    }
    checkCallOptions(options);
    const request = this.#prepare(message, options);
    const { maxRetries = this.#settings.maxRetries } = options;

    for (let retry = 0; ; retry += 1) {
      request.signal?.throwIfAborted();
      const outcome = await this.#attempt(request, retry);
      if (!('error' in outcome)) {
        return outcome;
      }
      if (retry === maxRetries || !outcome.isRetryable) {
        throw outcome.error;
      }
      await this.#wait(request, retry + 1, outcome.error);
    }
  }

  #prepare(message: Message, options: CallOptions): Request {
    const { method, path, body } = message;
    const { baseUrl, apiKey, headers, timeout } = this.#settings;
    return {
      url: baseUrl + path,
      method,
      headers: {
        accept: 'application/json',
        'user-agent': this.#userAgent,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(method === 'POST' && { 'idempotency-key': `ss-${crypto.randomUUID()}` }),
        ...headers,
        ...readHeaders(options.headers ?? {}),
        ...(options.idempotencyKey !== undefined && { 'idempotency-key': options.idempotencyKey }),
        authorization: `Bearer ${apiKey}`,
      },
      body,
      timeout: options.timeout ?? timeout,
      signal: options.signal,
      name: nameOf(message),
    };
  }

  async #attempt(request: Request, retry: number): Promise<Answer | Failure> {
    const began = performance.now();
    const outcome = await this.#outcome(request, retry);
    if (this.#settings.logger !== undefined) {
      const milliseconds = Math.round(performance.now() - began);
      this.#log(`${request.name}: ${describe(outcome)}, after ${milliseconds} ms, attempt ${retry + 1}`);
    }
    return outcome;
  }

  async #outcome(request: Request, retry: number): Promise<Answer | Failure> {
    const { apiKey, isDefaultBaseUrl } = this.#settings;
    const deadline = new Deadline(request.timeout, request.signal);
    let answer: Answer;
    try {
      answer = await this.#send(request, retry, deadline.signal);
    } catch (cause) {
      request.signal?.throwIfAborted();
      return this.#connectionFailure(request, cause, deadline.isOver);
    } finally {
      deadline.end();
    }

    if (isSuccess(answer)) {
      return answer;
    }
    const error = readError(answer, apiKey, this.#system.now(), isDefaultBaseUrl);
    return { error, isRetryable: isRetryable(answer.status) };
  }

  async #send(request: Request, retry: number, signal: AbortSignal): Promise<Answer> {
    const fetch = this.#settings.fetch ?? (globalThis.fetch as Fetch);
    const { url, method, body } = request;
    const headers = retry === 0 ? request.headers : { ...request.headers, 'x-syssecure-retry-count': String(retry) };
    const init = { method, headers, redirect: 'manual' as const, signal };
    const answer = await readAnswer(
      await fetch(url, body === undefined ? init : { ...init, body }),
      this.#settings.apiKey,
    );
    await nextTurn();
    return answer;
  }

  #connectionFailure(request: Request, cause: unknown, isOver: boolean): Failure {
    const { origin } = new URL(request.url);
    const hint = this.#settings.isDefaultBaseUrl ? ` ${SELF_HOSTED}` : '';
    if (isOver) {
      const message = `no whole answer from ${origin} within ${request.timeout} s.${hint}`;
      return { error: new APITimeoutError(message, { cause }), isRetryable: true };
    }

    const { code, reason } = reasonOf(cause);
    const message = redact(`no whole answer from ${origin}: ${reason}.${hint}`, this.#settings.apiKey);
    return { error: new APIConnectionError(message, { cause }), isRetryable: !CERTIFICATE_FAULT.test(code) };
  }

  /** Waits before a retry, or throws the error when the server wants a longer wait than is acceptable. */
  async #wait(request: Request, retry: number, error: SysSecureError): Promise<void> {
    const retryAfter = error instanceof APIStatusError ? error.retryAfter : undefined;
    const milliseconds = retryDelay(retry, this.#system.random(), retryAfter, this.#settings.maxRetryAfter);
    if (milliseconds === undefined) {
      throw error;
    }
    const why = retryAfter === undefined ? '' : ', as Retry-After says';
    this.#log(
      `${request.name}: retry ${retry} follows in ${Math.floor(milliseconds)} ms, because of ${kindOf(error)}${why}`,
    );
    await this.#system.sleep(milliseconds, request.signal);
  }

  #log(line: string): void {
    try {
      this.#settings.logger?.debug(`syssecure: ${redact(line, this.#settings.apiKey)}`);
    } catch {
      // What was sent was sent: a line that is lost must not make the caller send it again.
    }
  }
}

/** The time that one attempt has. It also ends when the caller gives up. */
class Deadline {
  isOver = false;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #timer: ReturnType<typeof setTimeout>;

  constructor(seconds: number, caller: AbortSignal | undefined) {
    this.#caller = caller;
    this.#timer = setTimeout(() => {
      this.isOver = true;
      this.#controller.abort();
    }, seconds * 1000);
    caller?.addEventListener('abort', this.#giveUp, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Without it, a caller's signal that lives long would keep every attempt in memory. */
  end(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#giveUp);
  }

  readonly #giveUp = (): void => this.#controller.abort();
}

/**
 * Waits for the next turn of the event loop. Node's fetch gives a connection free one turn after its answer: a call that
 * followed at once would open another one.
 */
function nextTurn(): Promise<void> | undefined {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => void };
  return setImmediate && new Promise((resolve) => setImmediate(resolve));
}

function nameOf({ method, template }: Message): string {
  return `${method} ${template}`;
}

function describe(outcome: Answer | Failure): string {
  const id = 'error' in outcome ? idOf(outcome.error) : outcome.requestId;
  const what = 'error' in outcome ? kindOf(outcome.error) : `status ${outcome.status}`;
  // An id comes from the server. Line breaks in it would look like further lines.
  return id === undefined ? what : `${what}, request_id ${id.replace(/\s/g, ' ')}`;
}

function idOf(error: SysSecureError): string | undefined {
  return error instanceof APIStatusError ? error.requestId : undefined;
}

function kindOf(error: SysSecureError): string {
  return error instanceof APIStatusError ? `status ${error.status}` : error.name;
}

/** Finds out why fetch failed. It says "fetch failed", and has the reason as its cause. */
function reasonOf(error: unknown): { code: string; reason: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { code = '', message = '' } = cause as { code?: unknown; message?: unknown };
  return { code: String(code), reason: String(message || code || 'fetch failed') };
}

interface Process {
  versions?: Record<string, string | undefined>;
  platform?: string;
  arch?: string;
}

/** The User-Agent of this package, which names the runtime and the machine. */
function userAgent(addition: string | undefined): string {
  const { versions = {}, platform = 'unknown', arch = 'unknown' } = (globalThis as { process?: Process }).process ?? {};
  const runtime = ['bun', 'deno', 'node'].find((name) => versions[name] !== undefined);
  const named = runtime === undefined ? 'edge/unknown' : `${runtime}/${versions[runtime]}`;
  return `syssecure-node/${VERSION} (${named}; ${platform} ${arch})${addition ? ` ${addition}` : ''}`;
}
