import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { APIConnectionError, ConfigurationError, SysSecure } from '../../dist/esm/index.js';
import { failure, fake, KEY, serve } from './helpers.mjs';

const refused = [
  {
    name: 'a name of the wire',
    call: (c) => c.otp.send({ to: '+32470123456', expires_in: 300 }),
    says: /write expiresIn/,
  },
  {
    name: 'a name that is not there',
    call: (c) => c.otp.send({ number: '+1' }),
    says: /parameter number; there are to,/,
  },
  { name: 'an inner name', call: (c) => c.otp.send({ fallback: { before: 1 } }), says: /parameter fallback\.before/ },
  { name: 'a text for the parameters', call: (c) => c.otp.verify('otp_1', '847291'), says: /not an object/ },
  {
    name: 'a text for inner parameters',
    call: (c) => c.otp.send({ fallback: '30s' }),
    says: /fallback is not an object/,
  },
  { name: 'half a second', call: (c) => c.otp.send({ expiresIn: 0.5 }), says: /whole number of seconds/ },
  { name: 'a number that JSON lacks', call: (c) => c.otp.send({ length: Number.NaN }), says: /length is NaN/ },
  { name: 'a date that is none', call: (c) => c.sms.send({ scheduledAt: new Date('x') }), says: /invalid Date/ },
  { name: 'a BigInt', call: (c) => c.otp.send({ metadata: { id: 1n } }), says: /as JSON/ },
  { name: 'an id that is undefined', call: (c) => c.otp.get(undefined), says: /otpId must be text/ },
  { name: 'half a surrogate pair', call: (c) => c.otp.get('\ud83d'), says: /surrogate/ },
  { name: 'a method with a space', call: (c) => c.request('GET /x', '/otp'), says: /letters only/ },
  { name: 'a path with an encoded dot', call: (c) => c.request('GET', '/otp/%2E%2e/account'), says: /must not hold/ },
];
for (const { name, call, says } of refused) {
  test(`a call refuses ${name}, and sends nothing`, async () => {
    const { client, server } = fake([{ json: {} }]);
    const error = await failure(() => call(client));
    assert.ok(error instanceof ConfigurationError, String(error));
    assert.match(error.message, says);
    assert.doesNotMatch(error.message, /470123456|847291/);
    assert.equal(server.requests.length, 0);
  });
}

test('the query of request takes what parameters take', async () => {
  const { client, server } = fake([{ json: {} }]);
  const query = {
    after: new Date('2026-04-25T15:28:14Z'),
    list: ['a', 'b'],
    metadata: { id: 7 },
    none: null,
    yes: true,
  };
  await client.request('get', '/new', { query });
  const expected = { after: '2026-04-25T15:28:14Z', list: 'a,b', 'metadata[id]': '7', yes: 'true' };
  assert.deepEqual(server.requests[0].query, expected);
  assert.equal(server.requests[0].method, 'GET');
});

test('a second round of 32 calls at once opens no connection', async (t) => {
  const { baseUrl, connections } = await serve(t, (_, response) => response.end('{"credits":1}'));
  const client = new SysSecure({ apiKey: KEY, baseUrl });
  const round = () => Promise.all(Array.from({ length: 32 }, () => client.balance.get()));
  await round();
  const before = connections.length;
  assert.ok(before <= 32, `${before} connections`);
  await round();
  assert.equal(connections.length, before);
});

const reasons = [
  {
    name: 'a reason of the caller',
    abort: (controller) => controller.abort(new Error('the user left')),
    says: /the user left/,
  },
  { name: 'no reason', abort: (controller) => controller.abort(), says: /aborted/ },
];
for (const { name, abort, says } of reasons) {
  test(`a signal ends a call with ${name}, and no retry follows`, async (t) => {
    let requests = 0;
    const controller = new AbortController();
    const { baseUrl } = await serve(t, () => {
      requests += 1;
      abort(controller);
    });
    const client = new SysSecure({ apiKey: KEY, baseUrl });
    const error = await failure(() => client.balance.get({ signal: controller.signal }));
    assert.equal(error, controller.signal.reason);
    assert.match(error.message, says);
    assert.equal(requests, 1);
  });
}

test('a signal ends the wait before a retry', async (t) => {
  const controller = new AbortController();
  const { baseUrl } = await serve(t, (_, response) => {
    response.writeHead(503, { 'Retry-After': '10' }).end();
  });
  const logger = { debug: (line) => line.includes('retry 1 follows') && setImmediate(() => controller.abort()) };
  const client = new SysSecure({ apiKey: KEY, baseUrl, logger });
  const error = await failure(() => client.balance.get({ signal: controller.signal }));
  assert.equal(error.name, 'AbortError');
});

test('a signal that lives on keeps nothing of the calls that it was given to', async () => {
  const { signal } = new AbortController();
  const { client } = fake([{ json: {} }, { status: 404 }]);
  await client.balance.get({ signal });
  await failure(() => client.balance.get({ signal }));
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
});

test('what a transport throws is the cause, and its text is redacted', async () => {
  const cause = new Error(`cannot send Bearer ${KEY} to +32470123456`);
  const client = new SysSecure({ apiKey: KEY, maxRetries: 0, fetch: () => Promise.reject(cause) });
  const error = await failure(() => client.balance.get());
  assert.ok(error instanceof APIConnectionError);
  assert.equal(error.cause, cause);
  assert.match(error.message, /cannot send Bearer sk_… to \+32…56/);
});

test('a body of unknown length is left as soon as it is too large', async (t) => {
  const endless = 1000; // MB, far more than what is on its way when the client leaves
  let sent = 0;
  const { baseUrl } = await serve(t, async (_, response) => {
    const part = ' '.repeat(1024 * 1024);
    while (!response.destroyed && sent < endless) {
      sent += 1;
      await new Promise((resolve) => response.write(part, resolve));
    }
    response.end();
  });
  const error = await failure(() => new SysSecure({ apiKey: KEY, baseUrl }).balance.get());
  assert.match(error.message, /larger than 10 MB/);
  assert.ok(sent < endless, `${sent} MB were sent`);
});
