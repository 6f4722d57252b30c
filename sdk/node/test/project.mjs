// Empty projects into which the built package is installed, as users do.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');

export class Project {
  /**
   * @param tarball the built package
   * @param type `module` or `commonjs`
   * @param linked packages by their folders
   * @param beside whether the project is below the installed frameworks, and so finds them
   */
  constructor(tarball, { type = 'module', linked = {}, beside = false } = {}) {
    const parent = beside ? join(root, 'test/frameworks/.projects') : tmpdir();
    mkdirSync(parent, { recursive: true });
    this.folder = mkdtempSync(join(parent, 'project-'));
    this.write('package.json', JSON.stringify({ name: 'project', private: true, type }));
    const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    this.run('npm', ['install', ...flags, resolve(tarball)]);
    for (const [name, target] of Object.entries(linked)) {
      const link = join(this.folder, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(target, link);
    }
  }

  write(name, text) {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** Runs a program to its end, and returns what it prints. */
  run(command, args, { env = {}, input, seconds = 60 } = {}) {
    try {
      const options = { cwd: this.folder, env: { ...process.env, ...env }, input, encoding: 'utf8', stdio: 'pipe' };
      return execFileSync(command, args, { ...options, timeout: seconds * 1000 });
    } catch (error) {
      throw new Error(`${command} ${args.join(' ')}: ${error.message}\n${error.stdout ?? ''}`);
    }
  }

  /** Runs a program to its end while this one goes on. */
  async finish(command, args) {
    const program = this.start(command, args, {});
    const status = await program.ended;
    return { status, output: program.output() };
  }

  /** Starts a program that goes on, until `stop` is called on it. */
  start(command, args, env) {
    const child = spawn(command, args, {
      cwd: this.folder,
      env: { ...process.env, ...env },
      stdio: 'pipe',
      detached: true,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        output += text;
      });
    }
    const ended = new Promise((resolve) => child.on('close', resolve));
    const stop = async () => {
      if (child.exitCode === null && child.signalCode === null) {
        process.kill(-child.pid);
      }
      await ended;
    };
    return { output: () => output, hasEnded: () => child.exitCode !== null, ended, stop };
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The environment variable, which must be set. */
export function required(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`set ${name}`);
  }
  return value;
}

/** A published text with the key and the server of the test, and the code of the sandbox. */
export function filledIn(text) {
  return text
    .replace(/sk_live_your_key_here|sk_live_\.\.\./, required('SYSSECURE_API_KEY'))
    .replace('https://otp.example.com', required('SYSSECURE_BASE_URL'))
    .replaceAll('847291', '000000');
}
