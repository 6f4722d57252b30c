import { once } from 'node:events';
import { createServer } from 'node:http';
import { SysSecure } from '../../dist/esm/index.js';
import { FakeServer } from '../../dist/esm/testing.js';

export const KEY = 'sk_test_4f9c2d81e6b7';

/** A client of a fake server that gives the answers, and the server. */
export function fake(answers, options = {}) {
  const server = new FakeServer();
  for (const answer of answers) {
    server.answer(answer);
  }
  return { server, client: new SysSecure({ apiKey: KEY, fetch: server.fetch, ...options }) };
}

/** Starts a real server on this machine until the test ends. */
export async function serve(t, handler) {
  const server = createServer(handler);
  const connections = [];
  server.on('connection', (socket) => connections.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { baseUrl: `http://127.0.0.1:${server.address().port}`, connections };
}

/** Sets environment variables until the test ends; undefined removes one. */
export function setEnvironment(t, variables) {
  const before = { ...process.env };
  t.after(() => {
    process.env = before;
  });
  process.env = { ...before, SYSSECURE_API_KEY: undefined, SYSSECURE_BASE_URL: undefined, ...variables };
  for (const [name, value] of Object.entries(process.env)) {
    if (value === undefined || value === 'undefined') {
      delete process.env[name];
    }
  }
}

/** The error that a function or a promise ends with. */
export async function failure(run) {
  try {
    await run();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}
