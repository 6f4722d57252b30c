import type { Fetch, FetchInit } from './options.js';

/** What the fake server answers. */
export interface FakeAnswer {
  /** The HTTP status: 200 by default. */
  status?: number;
  /** The body, which is written as JSON. */
  json?: unknown;
  /** The body as text, for answers that are not JSON. */
  text?: string;
  headers?: Readonly<Record<string, string>>;
}

/** A request that the fake server received. */
export interface FakeRequest {
  readonly method: string;
  /** The path with `/v2`, percent-encoded, without the query. */
  readonly path: string;
  /** The query, decoded. */
  readonly query: Readonly<Record<string, string>>;
  /** The headers; their names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The decoded body; undefined when there is none. */
  readonly json: unknown;
}

/**
 * A server for your tests, which needs no network. Give its `fetch` to a client:
 *
 *     const server = new FakeServer().answer({ json: { otp_id: 'otp_1', status: 'sent' } });
 *     const client = new SysSecure({ apiKey: 'sk_test_fake', fetch: server.fetch });
 */
export class FakeServer {
  /** The requests that were received, in their order. */
  readonly requests: FakeRequest[] = [];
  readonly #answers: (FakeAnswer | Error)[] = [];

  /** Adds an answer to the next request that has none yet. */
  answer(answer: FakeAnswer): this {
    this.#answers.push(answer);
    return this;
  }

  /** Lets the next request that has no answer yet fail, as when the connection breaks. */
  fail(cause: Error = new Error('the connection was closed')): this {
    this.#answers.push(cause);
    return this;
  }

  /** Sends nothing: it records the request, and gives the answer that was added for it. */
  readonly fetch: Fetch = async (url, init) => {
    init.signal.throwIfAborted();
    const request = record(url, init);
    this.requests.push(request);

    const answer = this.#answers.shift() ?? noAnswer(request);
    if (answer instanceof Error) {
      throw answer;
    }
    const { status = 200, headers, json, text = json === undefined ? null : JSON.stringify(json) } = answer;
    return new Response(text, { status, headers });
  };
}

function record(url: string, { method, headers, body }: FetchInit): FakeRequest {
  const { pathname, searchParams } = new URL(url);
  const json: unknown = body === undefined ? undefined : JSON.parse(body);
  return { method, path: pathname, query: Object.fromEntries(searchParams), headers, json };
}

/** 501 is a status that is not retried, so that the test fails at once. */
function noAnswer({ method, path }: FakeRequest): FakeAnswer {
  return { status: 501, json: { code: 'no_answer', message: `the fake server has no answer to ${method} ${path}` } };
}
