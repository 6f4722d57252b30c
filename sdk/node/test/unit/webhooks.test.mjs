import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { ConfigurationError, SysSecure, WebhookSignatureError, webhooks } from '../../dist/esm/index.js';
import { failure, KEY } from './helpers.mjs';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const body = JSON.stringify({
  event: 'message.received',
  from: '+32470123456',
  body: 'hello',
  received_at: '2026-04-25T15:28:14Z',
});

const payloads = [
  { name: 'a Buffer', payload: Buffer.from(body) },
  { name: 'a Uint8Array', payload: new TextEncoder().encode(body) },
  { name: 'an ArrayBuffer', payload: new TextEncoder().encode(body).buffer },
  { name: 'text', payload: body },
];
for (const { name, payload } of payloads) {
  test(`an event is read from ${name}, in both ways`, async () => {
    const header = webhooks.sign(payload, SECRET);
    const expected = { type: 'message.received', body: 'hello', at: new Date('2026-04-25T15:28:14Z') };
    for (const event of [
      webhooks.constructEvent(payload, header, SECRET),
      await webhooks.constructEventAsync(payload, [header], [SECRET]),
    ]) {
      assert.deepEqual({ type: event.type, body: event.body, at: event.at }, expected);
      assert.doesNotMatch(inspect(event), /470123456|hello/);
    }
  });
}

const refused = [
  { name: 'no header', header: undefined, reason: 'missing_header' },
  { name: 'two headers', header: ['t=1,v1=00', 't=2,v1=00'], reason: 'malformed_header' },
  { name: 'another secret', header: webhooks.sign(body, 'whsec_other'), reason: 'no_match' },
  { name: 'an old signature', header: webhooks.sign(body, SECRET, 1), reason: 'timestamp_out_of_range' },
];
for (const { name, header, reason } of refused) {
  test(`${name}: ${reason}, in both ways`, async () => {
    for (const error of [
      await failure(() => webhooks.verify(body, header, SECRET)),
      await failure(() => webhooks.verifyAsync(body, header, SECRET)),
    ]) {
      assert.ok(error instanceof WebhookSignatureError);
      assert.equal(error.reason, reason);
    }
  });
}

const parsed = [{ event: 'otp.verified' }, ['x'], null, undefined, 7];
for (const payload of parsed) {
  test(`a body that was parsed to ${inspect(payload)} is refused with the cure`, async () => {
    const header = webhooks.sign(body, SECRET);
    const error = await failure(() => webhooks.constructEvent(payload, header, SECRET));
    assert.ok(error instanceof ConfigurationError);
    assert.match(error.message, /raw body.*express\.raw/);
  });
}

test('signatures are compared in constant time, each with each', (t) => {
  const compare = t.mock.method(crypto, 'timingSafeEqual');
  const header = webhooks.sign(body, SECRET);
  const signature = header.slice(header.indexOf('v1='));
  webhooks.verify(body, `${header},${signature},${signature}`, [SECRET, 'whsec_other']);
  assert.equal(compare.mock.callCount(), 6);
});

test('a runtime without node:crypto is sent to the other way', async (t) => {
  const header = webhooks.sign(body, SECRET);
  t.mock.method(process, 'getBuiltinModule', () => undefined);
  assert.throws(() => webhooks.verify(body, header, SECRET), /constructEventAsync/);
  assert.equal((await webhooks.constructEventAsync(body, header, SECRET)).type, 'message.received');
});

test('a client has the functions, too', () => {
  const client = new SysSecure({ apiKey: KEY });
  assert.equal(
    client.webhooks.constructEvent(body, client.webhooks.sign(body, SECRET), SECRET).type,
    'message.received',
  );
});

test('an event of deep nesting is refused', () => {
  const deep = `{"event":"otp.verified","metadata":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`;
  assert.throws(() => webhooks.constructEvent(deep, webhooks.sign(deep, SECRET), SECRET), {
    name: 'WebhookSignatureError',
    reason: 'invalid_payload',
  });
});
