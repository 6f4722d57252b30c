// Sends webhooks to the receivers of README.md and of the examples.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { webhooks } from '../dist/esm/index.js';

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

// Whitespace and characters beyond ASCII show whether the body arrives as it was sent.
const body = '{ "event": "message.received",\n  "body": "h\u00e9llo \u{1f511}", "received_at":"2026-04-25T15:28:14Z" }';

export const requests = [
  { name: 'a webhook', body, signature: () => webhooks.sign(body, SECRET), accepted: true },
  { name: 'another body', body: `${body} `, signature: () => webhooks.sign(body, SECRET), accepted: false },
  { name: 'another secret', body, signature: () => webhooks.sign(body, 'whsec_other'), accepted: false },
  { name: 'an old webhook', body, signature: () => webhooks.sign(body, SECRET, 1), accepted: false },
  { name: 'no signature', body, signature: () => undefined, accepted: false },
];

/** Sends each request with `post`, and checks the status of its answer: 2xx, or 400. */
export async function checkReceiver(post) {
  for (const { name, body, signature, accepted } of requests) {
    const header = signature();
    const headers = { 'Content-Type': 'application/json', ...(header && { 'X-SysSecure-Signature': header }) };
    const { status } = await post({ method: 'POST', headers, body });
    assert.ok(accepted ? status >= 200 && status <= 299 : status === 400, `${name} was answered with ${status}`);
  }
}

/** A port that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a receiver in a project, checks it, and stops it. `path` is where it takes webhooks. */
export async function checkProgram(project, args, path, env = {}) {
  const port = await freePort();
  const given = { ...env, PORT: String(port), SYSSECURE_WEBHOOK_SECRET: SECRET };
  const program = project.start(process.execPath, args(port), given);
  try {
    await isListening(port, program);
    await checkReceiver((init) => fetch(`http://localhost:${port}${path}`, init));
  } catch (error) {
    throw new Error(`${error.message}; the program printed ${program.output()}`);
  } finally {
    await program.stop();
  }
}

async function isListening(port, program) {
  for (let waited = 0; waited < 30_000 && !program.hasEnded(); waited += 50) {
    // Any answer will do.
    if (
      await fetch(`http://localhost:${port}/`).then(
        () => true,
        () => false,
      )
    ) {
      return;
    }
    await sleep(50);
  }
  throw new Error('it does not listen');
}
