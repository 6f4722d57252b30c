import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigurationError, SysSecure, VERSION } from '../../dist/esm/index.js';
import { failure, fake, KEY, setEnvironment } from './helpers.mjs';

const refused = [
  { name: 'a timeout that is infinite', options: { timeout: Number.POSITIVE_INFINITY }, says: /timeout is Infinity/ },
  { name: 'a timeout that is no number', options: { timeout: Number.NaN }, says: /timeout is NaN/ },
  { name: 'a timeout in milliseconds', options: { timeout: 30_000 }, says: /give seconds/ },
  { name: 'a timeout as text', options: { timeout: '30' }, says: /timeout is 30/ },
  { name: 'retries without an end', options: { maxRetries: Number.POSITIVE_INFINITY }, says: /maxRetries is Infinity/ },
  { name: 'half a retry', options: { maxRetries: 0.5 }, says: /whole number/ },
  { name: 'a Retry-After that is no number', options: { maxRetryAfter: Number.NaN }, says: /maxRetryAfter is NaN/ },
  { name: 'an option that is misspelt', options: { apikey: KEY }, says: /no option apikey; there are apiKey/ },
  { name: 'an option of Python', options: { base_url: 'https://example.com' }, says: /no option base_url/ },
  { name: 'a proxy', options: { proxy: 'http://localhost:3128' }, says: /your own fetch/ },
  { name: 'a file of authorities', options: { caFile: '/ca.pem' }, says: /your own fetch/ },
  { name: 'a timeout of the connection', options: { connectTimeout: 5 }, says: /your own fetch/ },
  { name: 'a header beyond Latin-1', options: { headers: { 'X-Name': 'Ł' } }, says: /X-Name/ },
  { name: 'the length of a body', options: { headers: { 'content-Length': '1' } }, says: /hold content-Length/ },
  {
    name: 'the framing of a body',
    options: { headers: { 'Transfer-Encoding': 'chunked' } },
    says: /Transfer-Encoding/,
  },
  { name: 'headers as Headers', options: { headers: new Headers({ 'X-Name': '1' }) }, says: /plain object/ },
  { name: 'headers as text', options: { headers: 'X-Name: 1' }, says: /plain object/ },
  { name: 'a logger that cannot log', options: { logger: {} }, says: /logger.debug is not a function/ },
  { name: 'a fetch that is none', options: { fetch: 'undici' }, says: /fetch is not a function/ },
  { name: 'a header with a space in its name', options: { headers: { 'X Name': '1' } }, says: /name of a header/ },
  { name: 'a key that is no text', options: { apiKey: 42 }, says: /apiKey must have printable ASCII/ },
  { name: 'a base URL with a backslash', options: { baseUrl: 'https:\\\\example.com' }, says: /absolute URL/ },
];
for (const { name, options, says } of refused) {
  test(`the constructor refuses ${name}`, () => {
    assert.throws(
      () => new SysSecure({ apiKey: KEY, ...options }),
      (error) => {
        assert.ok(error instanceof ConfigurationError);
        assert.match(error.message, says);
        return true;
      },
    );
  });
}

const refusedInCalls = [
  { name: 'an option that is misspelt', options: { idempotency_key: 'k' }, says: /no option idempotency_key/ },
  { name: 'a timeout that is infinite', options: { timeout: Number.POSITIVE_INFINITY }, says: /timeout is Infinity/ },
  { name: 'a key with a space at its end', options: { idempotencyKey: 'order 1 ' }, says: /idempotencyKey/ },
  { name: 'a key of the account', options: { headers: { authorization: 'Bearer x' } }, says: /Authorization/ },
];
for (const { name, options, says } of refusedInCalls) {
  test(`a call refuses ${name}, and sends nothing`, async () => {
    const { client, server } = fake([{ json: {} }]);
    const error = await failure(() => client.otp.cancel('otp_1', options));
    assert.ok(error instanceof ConfigurationError);
    assert.match(error.message, says);
    assert.equal(server.requests.length, 0);
  });
}

const keys = [
  { name: 'an argument that is undefined', options: { apiKey: undefined }, key: 'sk_test_environment' },
  { name: 'an argument', options: { apiKey: KEY }, key: KEY },
];
for (const { name, options, key } of keys) {
  test(`the key of ${name}`, async (t) => {
    setEnvironment(t, { SYSSECURE_API_KEY: 'sk_test_environment' });
    const { client, server } = fake([{ json: {} }], options);
    await client.balance.get();
    assert.equal(server.requests[0].headers.authorization, `Bearer ${key}`);
  });
}

test('the fault of a key in the environment names the variable, and not the key', (t) => {
  setEnvironment(t, { SYSSECURE_API_KEY: 'sk_test_4f9c\n' });
  assert.throws(
    () => new SysSecure(),
    (error) => {
      assert.match(error.message, /^SYSSECURE_API_KEY/);
      assert.doesNotMatch(error.message, /4f9c/);
      return true;
    },
  );
});

test('the User-Agent names the package, the runtime and the machine', async () => {
  const { client, server } = fake([{ json: {} }], { userAgent: 'shop/1' });
  await client.balance.get();
  const { platform, arch, versions } = process;
  const expected = `syssecure-node/${VERSION} (node/${versions.node}; ${platform} ${arch}) shop/1`;
  assert.equal(server.requests[0].headers['user-agent'], expected);
});

test('the key alone is no object of options', () => {
  assert.throws(() => new SysSecure(KEY), { name: 'ConfigurationError', message: /options are not an object.*apiKey/ });
});

test('headers of a call win over those of the client, in any case', async () => {
  const { client, server } = fake([{ json: {} }], { headers: { 'X-Team': 'shop', 'X-Kept': '1' } });
  await client.balance.get({ headers: { 'x-team': 'bank' } });
  const { 'x-team': team, 'x-kept': kept } = server.requests[0].headers;
  assert.deepEqual({ team, kept }, { team: 'bank', kept: '1' });
});

test('a fetch that is replaced later is used, as tests of users do', async (t) => {
  t.mock.method(globalThis, 'fetch', async () => new Response('{"credits":3}'));
  const { credits } = await new SysSecure({ apiKey: KEY }).balance.get();
  assert.equal(credits, 3);
});
