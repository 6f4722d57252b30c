// Builds the package twice into a folder, and fails unless both are the same, small, and hold what they should.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MOST_BYTES = 150 * 1024;
const root = new URL('..', import.meta.url).pathname;
const dist = process.argv[2];
const run = (command, ...args) => execFileSync(command, args, { cwd: root, encoding: 'utf8' });

function pack(folder) {
  run('npm', 'run', '--silent', 'build');
  const [{ filename, size, files }] = JSON.parse(run('npm', 'pack', '--json', '--pack-destination', folder));
  return { path: join(folder, filename), filename, size, files: files.map(({ path }) => path) };
}

/** All that may be in the package: what each source becomes, and five files more. */
function expectedFiles() {
  const sources = readdirSync(join(root, 'src'), { recursive: true }).filter((name) => name.endsWith('.ts'));
  const built = sources.flatMap((name) =>
    ['esm', 'cjs'].flatMap((form) => ['.js', '.d.ts'].map((end) => `dist/${form}/${name.replace(/\.ts$/, end)}`)),
  );
  return [...built, 'dist/cjs/package.json', 'package.json', 'LICENSE', 'README.md', 'CHANGELOG.md'].sort();
}

function check(condition, fault) {
  if (!condition) {
    console.error(`package: ${fault}`);
    process.exit(1);
  }
}

mkdirSync(dist, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'package-'));
try {
  const first = pack(folder);
  const bytes = readFileSync(first.path);
  const second = pack(folder);
  check(bytes.equals(readFileSync(second.path)), 'two builds differ');

  const expected = expectedFiles();
  const stray = second.files.filter((name) => !expected.includes(name));
  const missing = expected.filter((name) => !second.files.includes(name));
  check(stray.length + missing.length === 0, `stray: ${stray.join(' ')}; missing: ${missing.join(' ')}`);
  check(second.size <= MOST_BYTES, `${second.size} bytes are more than ${MOST_BYTES}`);

  run('npx', '--no-install', 'attw', '--quiet', second.path);
  run('npx', '--no-install', 'publint', '--strict', second.path);
  const target = join(dist, second.filename);
  rmSync(target, { force: true });
  execFileSync('cp', [second.path, target]);
} catch (error) {
  check(error.stdout === undefined, `${error.message}\n${error.stdout}`);
  throw error;
} finally {
  rmSync(folder, { recursive: true });
}
