import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, inspect } from 'node:util';
import { APIResponseError } from '../../dist/esm/index.js';
import { failure, fake, KEY } from './helpers.mjs';

const message = {
  message_id: 'msg_1',
  to: '+32470123456',
  metadata: { name: 'Jane' },
  attempts: [{ channel: 'sms', carrier: 'main' }],
  created_at: '2026-04-25T15:28:14Z',
  new_field: { deep: [1] },
};

test('raw is the decoded body, with the fields that are unknown', async () => {
  const { client } = fake([{ json: message }]);
  const result = await client.messages.get('msg_1');
  assert.deepEqual(result.raw, message);
  assert.deepEqual(result.attempts[0].raw, message.attempts[0]);
  assert.ok(!Object.keys(result).includes('raw'));
});

test('results are immutable, with everything in them', async () => {
  const { client } = fake([{ json: message }]);
  const result = await client.messages.get('msg_1');
  const changes = [
    () => Object.assign(result, { to: '' }),
    () => result.attempts.push({}),
    () => Object.assign(result.attempts[0], { channel: '' }),
    () => Object.assign(result.metadata, { name: '' }),
    () => result.raw.new_field.deep.push(2),
  ];
  for (const change of changes) {
    assert.throws(change, TypeError);
  }
});

test('what is printed hides numbers, metadata and bodies; what is stored is whole', async () => {
  const { client } = fake([{ json: message }]);
  const result = await client.messages.get('msg_1');
  const printed = [inspect(result), format('%o %O %s', result, result, result), `${result}`];
  for (const text of printed) {
    assert.match(text, /Message \{/);
    assert.match(text, /\+32…56/);
    assert.doesNotMatch(text, /470123456|Jane|new_field/);
  }
  assert.equal(JSON.parse(JSON.stringify(result)).to, '+32470123456');
});

test('a client shows the beginning of its key only', () => {
  const { client } = fake([], { baseUrl: 'https://otp.example.com' });
  const printed = [
    inspect(client, { showHidden: true }),
    format('%o %j', client, client),
    `${client}`,
    JSON.stringify({ client }),
  ];
  for (const text of printed) {
    assert.match(text, /sk_test_…/);
    assert.match(text, /https:\/\/otp\.example\.com\/v2/);
    assert.ok(!text.includes(KEY));
  }
  assert.ok(!inspect(client.otp, { showHidden: true, depth: 9 }).includes(KEY));
  assert.doesNotMatch(inspect(fake([], { apiKey: 'short_key' }).client), /short/);
});

const pages = [
  { json: { data: [{ number: '+32470123456' }], next_cursor: 'c1' }, headers: { 'X-Request-Id': 'req_1' } },
  { json: { data: [{ number: '+32470123457' }], next_cursor: null } },
];

test('a list is its first page when it is awaited', async () => {
  const { client, server } = fake(pages);
  const page = await client.optOuts.list({ limit: 1 });
  assert.equal(page.data[0].number, '+32470123456');
  assert.deepEqual([page.nextCursor, page.hasMore, page.requestId], ['c1', true, 'req_1']);
  const next = await page.nextPage();
  assert.deepEqual([next.data.length, next.hasMore, await next.nextPage()], [1, false, undefined]);
  assert.deepEqual(
    server.requests.map(({ query }) => query),
    [{ limit: '1' }, { limit: '1', cursor: 'c1' }],
  );
  assert.doesNotMatch(inspect(page, { showHidden: true }), /47012345/);
});

test('a list is all its rows in a loop, and so is a page with those that follow', async () => {
  const { client } = fake([...pages, ...pages]);
  const numbers = [];
  for await (const { number } of client.optOuts.list()) {
    numbers.push(number);
  }
  for await (const { number } of await client.optOuts.list()) {
    numbers.push(number);
  }
  assert.deepEqual(numbers, ['+32470123456', '+32470123457', '+32470123456', '+32470123457']);
});

test('a list is a promise', async () => {
  const { client } = fake([pages[1], pages[1], { status: 404 }]);
  let ended = 0;
  const page = await client.optOuts.list().finally(() => {
    ended += 1;
  });
  assert.deepEqual([page.data.length, ended], [1, 1]);
  const [first] = await Promise.all([client.optOuts.list()]);
  assert.equal(first.data.length, 1);
  assert.equal(await client.optOuts.list().catch(({ status }) => status), 404);
});

test('a time that no calendar has is a fault that names the field', async () => {
  const { client } = fake([{ json: { ...message, created_at: '2026-13-45T00:00:00Z' } }]);
  const error = await failure(() => client.messages.get('msg_1'));
  assert.ok(error instanceof APIResponseError);
  assert.match(error.message, /GET \/v2\/messages\/\{message_id\}, created_at is not a time/);
});
