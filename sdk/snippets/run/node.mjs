// Runs samples, see ../README.md.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { format } from 'node:util';
import { SysSecure } from '../../node/dist/esm/index.js';

const AsyncFunction = (async () => {}).constructor;
// What samples print is not for the test, but it must be possible to print it.
const quiet = { log: (...values) => void format(...values) };

const client = new SysSecure();
for await (const line of createInterface({ input: process.stdin })) {
  const [operation, path, variables] = line.split('\t');
  const names = { client, console: quiet };
  for (const one of variables.split(' ')) {
    const at = one.indexOf('=');
    const name = one.slice(0, at).toLowerCase();
    names[name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase())] = one.slice(at + 1);
  }
  try {
    const sample = new AsyncFunction(...Object.keys(names), readFileSync(path, 'utf8'));
    await sample(...Object.values(names));
    process.stdout.write(`ok\t${operation}\n`);
  } catch (error) {
    process.stdout.write(`failed\t${operation}\t${format(error).replace(/\s+/g, ' ')}\n`);
  }
}
