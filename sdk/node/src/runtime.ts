import { VERSION } from './version.js';

interface Process {
  versions?: Record<string, string | undefined>;
  platform?: string;
  arch?: string;
}

/** The User-Agent of this package, which names the runtime and the machine. */
export function userAgent(addition: string | undefined): string {
  const { versions = {}, platform = 'unknown', arch = 'unknown' } = (globalThis as { process?: Process }).process ?? {};
  const runtime = ['bun', 'deno', 'node'].find((name) => versions[name] !== undefined);
  const named = runtime === undefined ? 'edge/unknown' : `${runtime}/${versions[runtime]}`;
  return `syssecure-node/${VERSION} (${named}; ${platform} ${arch})${addition ? ` ${addition}` : ''}`;
}
