// Compares the package with bare fetch: the time until a program has loaded it, and the time of a call.
//
// Both sides take turns, so that a busy machine slows them alike, and medians are compared.
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Project, root } from './project.mjs';

const STARTS = 60;
const CALLS = 5000;
const KEY = 'sk_test_4f9c2d81e6b7';
const ANSWER = '{"credits":1000,"held":8}';
const tarball = process.argv[2];

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function timed(run) {
  const began = process.hrtime.bigint();
  await run();
  return Number(process.hrtime.bigint() - began) / 1000;
}

/** Runs the sides in turn, and returns the median time of each in microseconds. */
async function compare(rounds, sides) {
  const times = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(sides)) {
      times[name].push(await timed(run));
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

async function benchImport() {
  const project = new Project(tarball);
  // Node loads its HTTP stack when one of its names is used first. A program that calls the API uses it in any case.
  const bare = project.write('bare.mjs', 'Response;\n');
  const esm = project.write('esm.mjs', "import '@syssecure/sdk';\nResponse;\n");
  const cjs = project.write('cjs.cjs', "require('@syssecure/sdk');\nResponse;\n");
  const start = (file) => () => execFileSync(process.execPath, [file]);
  const times = await compare(STARTS, { bare: start(bare), import: start(esm), require: start(cjs) });
  project.remove();
  return times;
}

async function benchCalls() {
  const server = fork(fileURLToPath(import.meta.url), ['serve']);
  const [port] = await once(server, 'message');
  const { SysSecure } = await import(`${root}/dist/esm/index.js`);
  const baseUrl = `http://127.0.0.1:${port}`;
  const client = new SysSecure({ apiKey: KEY, baseUrl });
  const headers = { accept: 'application/json', authorization: `Bearer ${KEY}` };
  const body = JSON.stringify({ to: '+32470123456', body: 'Shipped' });
  const post = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body };

  const times = await compare(CALLS, {
    'fetch GET': async () => (await fetch(`${baseUrl}/v2/balance`, { headers })).json(),
    'SDK GET': () => client.balance.get(),
    'fetch POST': async () => (await fetch(`${baseUrl}/v2/sms/send`, post)).json(),
    'SDK POST': () => client.sms.send({ to: '+32470123456', body: 'Shipped' }),
  });
  server.disconnect();
  return times;
}

function compared(name, time, base, unit, scale) {
  const shown = (value) => (value / scale).toFixed(unit === 'ms' ? 1 : 0);
  console.log(`${name}: ${(time / base).toFixed(2)} × (${shown(time)} ${unit}, bare fetch ${shown(base)} ${unit})`);
}

if (tarball === 'serve') {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': ANSWER.length }).end(ANSWER);
  });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
  process.on('disconnect', () => process.exit());
} else {
  const starts = await benchImport();
  compared('import', starts.import, starts.bare, 'ms', 1000);
  compared('require', starts.require, starts.bare, 'ms', 1000);
  const calls = await benchCalls();
  compared('GET', calls['SDK GET'], calls['fetch GET'], 'µs', 1);
  compared('POST', calls['SDK POST'], calls['fetch POST'], 'µs', 1);
  console.log(`package: ${statSync(tarball).size} bytes`);
}
