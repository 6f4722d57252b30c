import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APIConnectionError, InternalServerError } from '../../dist/esm/index.js';
import { failure, fake } from './helpers.mjs';

test('the fake server records requests', async () => {
  const { client, server } = fake([{ json: { otp_id: 'otp_1' } }, { json: { data: [] } }]);
  await client.otp.send({ to: '+32470123456', channels: ['sms'], expiresIn: 300 }, { idempotencyKey: 'k' });
  await client.otp.list({ to: '+32470123456', limit: 2 });
  const [send, list] = server.requests;
  assert.deepEqual([send.method, send.path, send.query], ['POST', '/v2/otp/send', {}]);
  assert.deepEqual(send.json, { to: '+32470123456', channels: ['sms'], expires_in: 300 });
  assert.equal(send.headers['idempotency-key'], 'k');
  assert.deepEqual([list.method, list.query, list.json], ['GET', { to: '+32470123456', limit: '2' }, undefined]);
});

test('a request that nobody expects fails at once, and says which it is', async () => {
  const { client, server } = fake([]);
  const error = await failure(() => client.balance.get());
  assert.ok(error instanceof InternalServerError);
  assert.match(error.message, /no answer to GET \/v2\/balance/);
  assert.equal(server.requests.length, 1);
});

test('a connection can break, and text can be an answer', async () => {
  const { client, server } = fake([], { maxRetries: 0 });
  server.fail().answer({ status: 502, text: '<html>' });
  assert.ok((await failure(() => client.balance.get())) instanceof APIConnectionError);
  assert.equal((await failure(() => client.balance.get())).status, 502);
});
