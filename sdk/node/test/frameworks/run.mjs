// Runs the receivers of README.md in their frameworks, and sends them webhooks: good ones get 2xx, bad ones 400.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Project, root } from '../project.mjs';
import { blocks } from '../readme/blocks.mjs';
import { checkProgram, checkReceiver, SECRET } from '../receivers.mjs';

const tarball = process.argv[2];
const frameworks = join(root, 'test/frameworks');
const next = join(frameworks, 'node_modules/next/dist/bin/next');
const environment = { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' };

const textOf = (kind, part) => {
  const { text } = blocks.find((block) => block.kind === kind && block.text.includes(part)) ?? {};
  if (text === undefined) {
    throw new Error(`README.md has no ${kind} with ${part}`);
  }
  return text;
};

async function server(project, name) {
  const file = project.write('server.js', textOf('server', `from '${name}'`));
  await checkProgram(project, () => [file], '/webhooks');
}

/** Calls the handler of the route as Next.js does, without Next.js. */
async function handler(project) {
  process.env.SYSSECURE_WEBHOOK_SECRET = SECRET;
  const file = project.write('route.mjs', textOf('route', 'request.text()'));
  const { POST } = await import(pathToFileURL(file));
  await checkReceiver((init) => POST(new Request('http://localhost/webhooks', init)));
}

async function nextjs(project) {
  const route = textOf('route', 'request.text()');
  project.write('app/webhooks/route.js', route);
  project.write('app/edge/route.js', `export const runtime = 'edge';\n${route}`);
  project.write('next.config.mjs', `export default { turbopack: { root: ${JSON.stringify(frameworks)} } };\n`);
  project.run(process.execPath, [next, 'build'], { env: environment, seconds: 240 });
  for (const path of ['/webhooks', '/edge']) {
    await checkProgram(project, (port) => [next, 'start', '--port', String(port)], path, environment);
  }
}

const checks = {
  Express: (project) => server(project, 'express'),
  Fastify: (project) => server(project, 'fastify'),
  'Next.js handler': handler,
  'Next.js, built and served, on Node and edge': nextjs,
};

const project = new Project(tarball, { beside: true });
try {
  for (const [name, check] of Object.entries(checks)) {
    await check(project);
    console.log(`${name}: ok`);
  }
} finally {
  project.remove();
}
console.log(`${Object.keys(checks).length} frameworks passed`);
