import { APIResponseError } from './errors.js';
import type { AnswerHead, Http } from './http.js';
import type { Operation } from './operation.js';
import type { CallOptions } from './options.js';
import { list, model, text, textForms } from './shape.js';
import type { JsonObject, Model, Result } from './types/common.js';

/** Where a list is asked for, and how. */
interface Query<P, T extends Model> {
  readonly http: Http;
  readonly operation: Operation<P, T>;
  readonly ids: readonly string[];
  readonly params: P | undefined;
  readonly options: CallOptions | undefined;
}

/** The parameters that say where a page begins. */
interface Start {
  readonly cursor?: string | null;
  readonly after?: string | null;
}

/** One page of a list. Iterating over it goes on to the next pages by itself. */
export class Page<T> implements Result, AsyncIterable<T> {
  /** The rows of this page. */
  readonly data: readonly T[];
  /** Where the next page begins: the parameter `cursor`, or `after`, of the next list. */
  declare readonly nextCursor?: string;
  /** Whether another page is to be asked for. It may be empty. */
  readonly hasMore: boolean;
  declare readonly requestId?: string;
  declare readonly raw: Readonly<JsonObject>;
  readonly #status: number;
  readonly #start: string | undefined;
  readonly #next: (() => Promise<Page<T>>) | undefined;

  static {
    const shown = (page: object) => ({ ...page });
    Object.defineProperties(Page.prototype, textForms('Page', shown));
  }

  /** @internal */
  constructor(data: readonly T[], body: JsonObject, head: AnswerHead, links: PageLinks<T>) {
    this.data = data;
    this.hasMore = links.next !== undefined;
    this.#status = head.status;
    this.#start = links.start;
    this.#next = links.next;
    if (links.cursor !== undefined) {
      this.nextCursor = links.cursor;
    }
    if (head.requestId !== undefined) {
      this.requestId = head.requestId;
    }
    Object.defineProperty(this, 'raw', { value: body });
    Object.freeze(this);
  }

  /** Asks for the next page; undefined when there is none. */
  async nextPage(): Promise<Page<T> | undefined> {
    return this.#next?.();
  }

  /** The rows of this page and of all that follow. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const seen = new Set([this.#start]);
    for (let page: Page<T> | undefined = this; page !== undefined; page = await page.nextPage()) {
      yield* page.data;
      if (!page.hasMore) {
        return;
      }
      // A server that gives a cursor twice would be asked forever.
      if (seen.has(page.nextCursor)) {
        throw new APIResponseError(
          'the server gave the same next_cursor twice, so the list has no end',
          page.#status,
          page.requestId,
        );
      }
      seen.add(page.nextCursor);
    }
  }
}

/** @internal How a page is linked to the others. */
export interface PageLinks<T> {
  /** Where this page began. */
  readonly start: string | undefined;
  readonly cursor: string | undefined;
  readonly next: (() => Promise<Page<T>>) | undefined;
}

/** Asks for one page. */
function readPage<P extends object, T extends Model>(query: Query<P, T>): Promise<Page<T>> {
  const { http, operation, ids, params, options } = query;
  return http.read(operation, ids, params, options, (body, head) => {
    const { data: rows, next_cursor: given } = body;
    const data = list(model(operation.result)).read(rows ?? [], 'data');
    const cursor = given === null || given === undefined ? undefined : text.read(given, 'next_cursor');
    return new Page(data, body, head, linksOf(query, cursor || undefined, data.length === 0));
  });
}

function linksOf<P extends object, T extends Model>(
  query: Query<P, T>,
  cursor: string | undefined,
  isEmpty: boolean,
): PageLinks<T> {
  const { after, cursor: begin } = (query.params ?? {}) as Start;
  const isAfter = after !== undefined && after !== null;
  const start = (isAfter ? after : begin) ?? undefined;
  // A list after an event has a cursor on every page, for the events that are still to come. It ends where nothing is left.
  if (cursor === undefined || (isAfter && isEmpty)) {
    return { start, cursor, next: undefined };
  }
  const params = { ...query.params, [isAfter ? 'after' : 'cursor']: cursor } as P;
  return { start, cursor, next: () => readPage({ ...query, params }) };
}

/** A list that was asked for: `await` gives its first page, `for await` the rows of all its pages. */
export class PagePromise<T> implements Promise<Page<T>>, AsyncIterable<T> {
  readonly [Symbol.toStringTag] = 'PagePromise';
  readonly #first: Promise<Page<T>>;

  /** @internal */
  constructor(first: Promise<Page<T>>) {
    this.#first = first;
  }

  /** Waits for the first page. */
  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  then<A = Page<T>, B = never>(
    onFulfilled?: ((page: Page<T>) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#first.then(onFulfilled, onRejected);
  }

  /** Handles the error of the first page. */
  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Page<T> | B> {
    return this.#first.catch(onRejected);
  }

  /** Does something when the first page is there, or has failed. */
  finally(onFinally?: (() => void) | null): Promise<Page<T>> {
    return this.#first.finally(onFinally);
  }

  /** The rows of all pages. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* await this.#first;
  }
}

/** A group of operations. */
export class Resource {
  readonly #http: Http;

  /** @internal */
  constructor(http: Http) {
    this.#http = http;
  }

  /** @internal Calls an operation whose result is one object. */
  protected call<P, R extends Model>(
    operation: Operation<P, R>,
    ids: readonly string[],
    params: P | undefined,
    options: CallOptions | undefined,
  ): Promise<R> {
    return this.#http.call(operation, ids, params, options);
  }

  /** @internal Calls an operation whose result is a list. */
  protected pages<P extends object, T extends Model>(
    operation: Operation<P, T>,
    ids: readonly string[],
    params: P | undefined,
    options: CallOptions | undefined,
  ): PagePromise<T> {
    return new PagePromise(readPage({ http: this.#http, operation, ids, params, options }));
  }
}
