import sdk = require('@syssecure/sdk');
import testing = require('@syssecure/sdk/testing');

export const client: sdk.SysSecure = new sdk.SysSecure({
  apiKey: 'sk_test_key',
  fetch: new testing.FakeServer().fetch,
});
export const byDefault: sdk.SysSecure = new sdk.default({ apiKey: 'sk_test_key' });
