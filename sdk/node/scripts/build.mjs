// Compiles the package twice, as ES modules and as CommonJS, so that `import` and `require` each find their own files.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

rmSync(new URL('dist', root), { recursive: true, force: true });
// The version stands in package.json alone. Reading that file at run time would need a file system, which edge runtimes lack.
writeFileSync(
  new URL('src/version.ts', root),
  `/** The version of this package, from package.json. */\nexport const VERSION = '${version}';\n`,
);

for (const project of ['tsconfig.json', 'tsconfig.cjs.json']) {
  execFileSync('npx', ['--no-install', 'tsc', '-p', project], { cwd: root, stdio: 'inherit' });
}
writeFileSync(new URL('dist/cjs/package.json', root), '{ "type": "commonjs" }\n');
