const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

const SECONDS = /^[0-9]+$/;
const HTTP_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;

/** Says whether a request may succeed when it is repeated. 501 stays what it is. */
export function isRetryable(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501);
}

/** Reads a `Retry-After`, as seconds from now (in milliseconds since 1970). One that is not valid has no value. */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (SECONDS.test(text)) {
    const seconds = Math.min(Number(text), Number.MAX_SAFE_INTEGER);
    return seconds > 0 ? seconds : undefined;
  }

  if (!HTTP_DATE.test(text)) {
    return undefined;
  }
  const seconds = Math.ceil((Date.parse(text) - now) / 1000);
  return seconds > 0 ? seconds : undefined;
}

/** The wait in milliseconds before retry 1, 2, …, or undefined when the server wants a longer one than is acceptable. */
export function retryDelay(
  retry: number,
  random: number,
  retryAfter: number | undefined,
  maxRetryAfter: number,
): number | undefined {
  if (retryAfter === undefined) {
    // Half of the wait is random, so that clients that failed together do not return together.
    return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (retry - 1)) * (0.5 + 0.5 * random);
  }
  return retryAfter <= maxRetryAfter ? retryAfter * 1000 : undefined;
}

/** What a client takes from the world besides the network. The tests of this package replace it. */
export interface System {
  /** The time in milliseconds since 1970. */
  now(): number;
  /** A number from 0 up to, but not including 1. */
  random(): number;
  /** Waits, and ends early with the signal's reason when it is aborted. */
  sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void>;
}

export const realSystem: System = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, milliseconds);
      signal?.addEventListener('abort', stop, { once: true });
    }),
};
