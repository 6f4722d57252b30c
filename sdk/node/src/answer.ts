import { APIResponseError, type APIStatusError, redact, redactAll, statusError } from './errors.js';
import { parseJson } from './json.js';
import type { FetchResponse } from './options.js';
import { parseRetryAfter } from './retry.js';
import { isObject } from './shape.js';
import type { JsonObject } from './types/common.js';

const MOST_BYTES = 10 * 1024 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true });
const NO_MESSAGE = "the server's answer has no error message";
export const SELF_HOSTED = 'Self-hosted? Set baseUrl or SYSSECURE_BASE_URL to the address of your server.';

/** A whole answer of the server. */
export interface Answer {
  readonly status: number;
  readonly headers: FetchResponse['headers'];
  /** The id of the request, as the headers give it. */
  readonly requestId: string | undefined;
  /** Undefined when the body is too large. */
  readonly body: Uint8Array | undefined;
}

export function isSuccess(answer: Answer): boolean {
  return answer.status >= 200 && answer.status <= 299;
}

/** Reads an answer to its end. */
export async function readAnswer(response: FetchResponse, key: string): Promise<Answer> {
  const { status, headers } = response;
  const requestId = headers.get('x-request-id');
  return { status, headers, requestId: requestId ? redact(requestId, key) : undefined, body: await readBody(response) };
}

async function readBody(response: FetchResponse): Promise<Uint8Array | undefined> {
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  // A length that is given counts the bytes before they are decompressed.
  if (length <= MOST_BYTES && response.headers.get('content-encoding') === null) {
    return new Uint8Array(await response.arrayBuffer());
  }
  return readInParts(response);
}

/** Reads a body whose size is not known, and leaves it when it becomes too large. */
async function readInParts(response: FetchResponse): Promise<Uint8Array | undefined> {
  const reader = response.body?.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    size += part.value.byteLength;
    if (size > MOST_BYTES) {
      await reader?.cancel();
      return undefined;
    }
    parts.push(part.value);
  }

  const body = new Uint8Array(size);
  let end = 0;
  for (const part of parts) {
    body.set(part, end);
    end += part.byteLength;
  }
  return body;
}

/** Decodes the body of a 2xx. */
export function decodeResult(answer: Answer, request: string): JsonObject {
  const decoded = parse(answer.body);
  if (isObject(decoded)) {
    return decoded;
  }
  throw new APIResponseError(`the answer to ${request} ${bodyFault(answer)}`, answer.status, answer.requestId);
}

function bodyFault({ body }: Answer): string {
  if (body === undefined) {
    return 'is larger than 10 MB';
  }
  return body.byteLength === 0 ? 'has no body' : 'is not a JSON object';
}

/** Makes the error of an answer that is not 2xx. `now` is in milliseconds since 1970. */
export function readError(answer: Answer, key: string, now: number, isDefaultBaseUrl: boolean): APIStatusError {
  const decoded = parse(answer.body);
  const body = isObject(decoded) && typeof decoded['code'] === 'string' ? (redactAll(decoded, key) as JsonObject) : {};
  const { code = '', message, request_id: id, details } = body;
  const hint = answer.status === 401 && isDefaultBaseUrl ? ` ${SELF_HOSTED}` : '';

  return statusError({
    status: answer.status,
    code: code as string,
    message: (typeof message === 'string' && message !== '' ? message : NO_MESSAGE) + hint,
    requestId: typeof id === 'string' && id !== '' ? id : answer.requestId,
    details: isObject(details) ? details : {},
    retryAfter: parseRetryAfter(answer.headers.get('retry-after'), now),
    headers: redactedHeaders(answer, key),
  });
}

function redactedHeaders(answer: Answer, key: string): Headers {
  const headers = new Headers();
  answer.headers.forEach((value, name) => {
    // A header holds Latin-1 only, so the sign of the omission is another one here.
    headers.append(name, redact(value, key).replaceAll('…', '...'));
  });
  return headers;
}

function parse(body: Uint8Array | undefined): unknown {
  try {
    return parseJson(utf8.decode(body));
  } catch {
    return undefined;
  }
}
