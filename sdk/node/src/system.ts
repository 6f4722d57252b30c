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
