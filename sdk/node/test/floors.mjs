// Runs the unit tests, and starts the driver, under the oldest versions of Node that the package allows, and the newest.
//
// The versions come from npm, where each is a package for each system.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './project.mjs';

const VERSIONS = ['20.16.0', '22.3.0', '26.12.1'];
const HELLO = '{"id":1,"cmd":"hello"}\n';

function install(version) {
  const folder = join(root, '.cache', `node-${version}`);
  const name = `node-${process.platform}-${process.arch}`;
  const program = join(folder, 'node_modules', name, 'bin/node');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--silent'];
    execFileSync('npm', ['install', ...flags, '--prefix', folder, `${name}@${version}`], { stdio: 'inherit' });
  }
  return program;
}

const unit = readdirSync(join(root, 'test/unit')).filter((name) => name.endsWith('.test.mjs'));
const tests = ['--test', '--test-reporter=./test/reporter.mjs', ...unit.map((name) => `test/unit/${name}`)];

for (const version of VERSIONS) {
  const program = install(version);
  const run = (args, input) => execFileSync(program, args, { cwd: root, input, encoding: 'utf8' });
  try {
    const answer = JSON.parse(run(['conformance/driver.mjs'], HELLO));
    const counts = run(tests).trim();
    console.log(`Node ${run(['--version']).trim()}: the driver of ${answer.ok.version} starts; tests: ${counts}`);
  } catch (error) {
    console.error(`Node ${version}: ${error.message}\n${error.stdout}`);
    process.exit(1);
  }
}
