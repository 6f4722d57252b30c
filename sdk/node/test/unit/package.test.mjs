import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as esm from '../../dist/esm/index.js';

const root = new URL('../..', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
const require = createRequire(import.meta.url);

test('import and require give the same names, and the client twice', () => {
  const cjs = require('../../dist/cjs/index.js');
  assert.deepEqual(Object.keys(cjs).sort(), Object.keys(esm).sort());
  for (const { SysSecure, default: byDefault } of [esm, cjs]) {
    assert.equal(typeof SysSecure, 'function');
    assert.equal(byDefault, SysSecure);
  }
});

test('the version is that of package.json', () => {
  assert.equal(esm.VERSION, JSON.parse(read('package.json')).version);
});

test('the changelog begins with the version', () => {
  assert.equal(read('CHANGELOG.md').match(/^## (\S+)/m)[1], esm.VERSION);
});

test('nothing is imported but files of the package, so that edge runtimes can load it', () => {
  for (const folder of ['dist/esm/', 'dist/cjs/']) {
    const files = readdirSync(new URL(folder, root), { recursive: true }).filter((name) => name.endsWith('.js'));
    assert.ok(files.length > 15);
    for (const file of files) {
      const imports = [...read(folder + file).matchAll(/(?:from |require\(|import\()['"]([^'"]+)/g)].map(
        ([, name]) => name,
      );
      assert.deepEqual(
        imports.filter((name) => !name.startsWith('./') && !name.startsWith('../')),
        [],
        file,
      );
    }
  }
});

test('every public method has a comment', () => {
  for (const file of [
    'client.d.ts',
    'resource.d.ts',
    'resources/messages.d.ts',
    'resources/account.d.ts',
    'webhooks.d.ts',
    'testing.d.ts',
  ]) {
    const lines = read(`dist/esm/${file}`).split('\n');
    const bare = lines.filter(
      (line, i) => /^ +(?!constructor)\w+[(<].*|^export declare function/.test(line) && !/\*\/$/.test(lines[i - 1]),
    );
    assert.deepEqual(bare, [], file);
  }
});
