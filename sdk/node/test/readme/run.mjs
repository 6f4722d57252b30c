// Runs every fenced block of README.md, and the examples, with the built package against a real server.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { pathToFileURL } from 'node:url';
import { filledIn, Project, required, root } from '../project.mjs';
import { checkProgram, checkReceiver, SECRET } from '../receivers.mjs';
import { blocks, readme } from './blocks.mjs';

const HEADINGS = [
  'Install',
  'Requirements',
  'Quickstart',
  'Verify a code',
  'Send an SMS',
  'Errors',
  'Retries and idempotency',
  'Timeouts',
  'Pagination',
  'Webhooks',
  'Testing your integration',
  'Logging',
  'Advanced',
  'Versioning',
];
const PRELUDE = `import { SysSecure } from '@syssecure/sdk';\nglobalThis.client = new SysSecure();\n`;

const tarball = process.argv[2];
required('SYSSECURE_API_KEY');
required('SYSSECURE_BASE_URL');

/** A proxy that counts what goes through it. */
async function startProxy() {
  const proxy = { used: 0, server: createServer() };
  proxy.server.on('connect', (request, client) => {
    proxy.used += 1;
    const [host, port] = request.url.split(':');
    const target = connect(Number(port), host, () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    target.pipe(client).pipe(target);
  });
  proxy.server.listen(0, '127.0.0.1');
  await once(proxy.server, 'listening');
  proxy.url = `http://127.0.0.1:${proxy.server.address().port}`;
  return proxy;
}

const runners = {
  bash(_, text) {
    assert.equal(text.trim(), 'npm install @syssecure/sdk', 'a command that nobody runs');
    new Project(tarball).remove();
  },

  async program(project, text) {
    const proxy = await startProxy();
    project.write('prelude.js', PRELUDE);
    project.write('ca.pem', rootCertificates[0]);
    const named = text.replace('http://proxy.example.com:3128', proxy.url);
    // The programs run beside this one, which is their proxy.
    const file = project.write('program.js', filledIn(named));
    const { output, status } = await project.finish(process.execPath, ['--import', './prelude.js', file]);
    proxy.server.close();
    proxy.server.closeAllConnections();
    assert.equal(status, 0, output);
    assert.equal(proxy.used > 0, named !== text, 'the proxy is not used');
    return output;
  },

  async server(project, text) {
    const file = project.write('server.js', text);
    await checkProgram(project, () => [file], '/webhooks');
  },

  async route(project, text) {
    process.env.SYSSECURE_WEBHOOK_SECRET = SECRET;
    const { POST } = await import(pathToFileURL(project.write('route.mjs', text)));
    await checkReceiver((init) => POST(new Request('http://localhost/webhooks', init)));
  },
};

const examples = {
  'otp_flow.mjs': (project, file) => {
    const output = project.run(process.execPath, [file, '+32470123456'], { input: '123456\n000000\n' });
    assert.match(output, /Not valid \(incorrect\).*Right\./s);
  },
  'bulk_sms.mjs': (project, file) => {
    const numbers = Array.from({ length: 20 }, (_, i) => `+324701234${i + 10}`);
    const output = project.run(process.execPath, [file, 'We open at 9.', ...numbers]);
    assert.match(output, /20 of 20 messages were accepted/);
  },
  'webhook_server.mjs': (project, file) => checkProgram(project, () => [file], '/'),
};

async function attempt(name, run) {
  try {
    await run();
  } catch (error) {
    throw new Error(`${name}: ${error.message}`, { cause: error });
  }
}

assert.deepEqual(
  [...readme.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading),
  HEADINGS,
);
assert.deepEqual(readdirSync(join(root, 'examples')).sort(), Object.keys(examples).sort());

const project = new Project(tarball, { beside: true });
try {
  for (const { heading, kind, text } of blocks) {
    assert.ok(runners[kind], `nobody runs the block of ${kind} below ${heading}`);
    await attempt(heading, () => runners[kind](project, text));
  }
  for (const [name, run] of Object.entries(examples)) {
    const file = project.write(name, readFileSync(join(root, 'examples', name), 'utf8'));
    await attempt(name, () => run(project, file));
  }
} finally {
  project.remove();
}
console.log(`${blocks.length} blocks and ${Object.keys(examples).length} examples ran`);
