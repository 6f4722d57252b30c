'use strict';
// Checks signatures of callbacks with the providers' own libraries. It prints "ready", then for each line of JSON that it
// reads "true" or "false".
const readline = require('readline');
const { TelnyxWebhook } = require('telnyx/lib/webhooks');
const { validateV3Signature } = require('plivo/dist/utils/v3Security');

const checks = {
  telnyx: async ({ key, body, headers }) => {
    try {
      await new TelnyxWebhook(key).verify(body, headers);
      return true;
    } catch {
      return false;
    }
  },
  plivo: async ({ key, method, url, form, nonce, signature }) =>
    validateV3Signature(method, url, nonce, key, signature, form),
};

(async () => {
  console.log('ready');
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const one = JSON.parse(line);
    console.log(String(await checks[one.provider](one)));
  }
})();
