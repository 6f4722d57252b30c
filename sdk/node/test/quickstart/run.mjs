// Runs the published quickstarts from the built package in empty projects: as an ES module, with require, in TypeScript.
//
// reference.mjs is the published example of all methods, word for word. The other quickstart is that of README.md.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filledIn, Project, root } from '../project.mjs';

const tarball = process.argv[2];
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const quickstart = filledIn(readme.match(/^## Quickstart\n\n```js\n(.*?)^```/ms)[1]);
const reference = filledIn(readFileSync(join(root, 'test/quickstart/reference.mjs'), 'utf8'));
const modules = (name) => join(root, 'node_modules', name);

// The example ends with a request that a web framework would give it.
const request = `import { webhooks } from '@syssecure/sdk';
const rawBody = '{"event":"otp.verified"}';
const req = { headers: { 'x-syssecure-signature': webhooks.sign(rawBody, 'whsec_...') } };
`;

function asCommonJS(text) {
  const required = text.replace(/^import (\{.*\}) from ('.*');$/gm, 'const $1 = require($2);');
  return `(async () => {\n${required}\n})();\n`;
}

const compiler = ['--module', 'nodenext', '--target', 'es2022', '--strict', '--types', 'node'];

const forms = [
  { name: 'import', type: 'module', file: 'quickstart.js', text: quickstart, says: /^true$/m },
  { name: 'require', type: 'commonjs', file: 'quickstart.js', text: asCommonJS(quickstart), says: /^true$/m },
  { name: 'TypeScript as ES modules', type: 'module', file: 'quickstart.ts', text: quickstart, says: /^true$/m },
  {
    name: 'TypeScript as CommonJS',
    type: 'commonjs',
    file: 'quickstart.ts',
    text: quickstart.replace(/^(import .*)$/m, '$1\n(async () => {').concat('\n})();\n'),
    says: /^true$/m,
  },
  {
    name: 'the example of all methods',
    type: 'module',
    file: 'all.js',
    text: request + reference,
    says: /^true undefined/m,
  },
];

for (const { name, type, file, text, says } of forms) {
  const isTyped = file.endsWith('.ts');
  const project = new Project(tarball, { type, linked: isTyped ? { '@types/node': modules('@types/node') } : {} });
  try {
    project.write(file, text);
    if (isTyped) {
      project.run(process.execPath, [modules('typescript/bin/tsc'), ...compiler, file]);
    }
    const output = project.run(process.execPath, [file.replace(/\.ts$/, '.js')]);
    if (!says.test(output)) {
      throw new Error(`${name}: it printed ${output}`);
    }
    console.log(`${name}: ${output.split('\n')[0]}`);
  } finally {
    project.remove();
  }
}
console.log(`${forms.length} quickstarts ran`);
