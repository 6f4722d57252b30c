import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format } from 'node:util';
import * as sdk from '../../dist/esm/index.js';
import { failure, fake, KEY } from './helpers.mjs';

const problem = { code: 'rate_limit_exceeded', message: 'Too many to +32470123456.', request_id: 'req_1' };

test('an error prints its status, code, message and request id, in every way', async () => {
  const { client } = fake([{ status: 429, json: problem }], { maxRetries: 0 });
  const error = await failure(() => client.balance.get());
  assert.equal(String(error), '429 rate_limit_exceeded: Too many to +32…56. (request_id: req_1)');
  assert.equal(error.message, 'Too many to +32…56.');
  assert.ok(error.stack.startsWith(`RateLimitError: ${error}\n`));
  assert.match(format(error), /RateLimitError: 429 rate_limit_exceeded/);
});

test('details are redacted, and headers are not printed', async () => {
  const details = { errors: [{ field: 'to', message: `${KEY} +32470123456` }], '+32470123456': 1, otp_id: 'otp_1' };
  const answer = { status: 400, json: { ...problem, details }, headers: { 'X-Echo': `${KEY} +32470123456` } };
  const { client } = fake([answer]);
  const error = await failure(() => client.balance.get());
  assert.deepEqual(error.errors, [{ field: 'to', message: 'sk_… +32…56' }]);
  assert.equal(error.otpId, 'otp_1');
  assert.equal(error.headers.get('x-echo'), 'sk_... +32...56');
  assert.doesNotMatch(format('%O', error), /470123456|4f9c|x-echo/);
});

const hints = [
  { name: 'a 401 of the default server', options: {}, answer: { status: 401, json: problem }, hinted: true },
  {
    name: 'a 401 of your server',
    options: { baseUrl: 'https://otp.example.com' },
    answer: { status: 401 },
    hinted: false,
  },
  { name: 'another status of the default server', options: {}, answer: { status: 404 }, hinted: false },
  { name: 'no answer of the default server', options: {}, answer: undefined, hinted: true },
  {
    name: 'no answer of your server',
    options: { baseUrl: 'https://otp.example.com' },
    answer: undefined,
    hinted: false,
  },
];
for (const { name, options, answer, hinted } of hints) {
  test(`${name} ${hinted ? 'names' : 'does not name'} the base URL as a possible reason`, async () => {
    const { client, server } = fake(answer ? [answer] : [], { maxRetries: 0, ...options });
    if (answer === undefined) {
      server.fail();
    }
    const error = await failure(() => client.balance.get());
    assert.equal(error.message.includes('Self-hosted? Set baseUrl or SYSSECURE_BASE_URL to the address'), hinted);
  });
}

for (const [name, Class] of Object.entries(sdk).filter(([name]) => name.endsWith('Error'))) {
  test(`${name} is a SysSecureError with its own name`, () => {
    assert.ok(Class.prototype instanceof sdk.SysSecureError || Class === sdk.SysSecureError);
    assert.equal(Class.prototype.name, name);
  });
}
