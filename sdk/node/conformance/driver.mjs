// The driver of the conformance suite: ../../conformance/README.md describes its protocol.
import { createInterface } from 'node:readline';
import { format, inspect } from 'node:util';
import { SysSecure } from '../dist/esm/client.js';
import { SysSecureError, statusError } from '../dist/esm/errors.js';
import { operations } from '../dist/esm/operations.js';
import { readClientOptions } from '../dist/esm/options.js';
import { parseRetryAfter, realSystem, retryDelay } from '../dist/esm/retry.js';
import { snakeCase } from '../dist/esm/shape.js';
import { readEvent, signAt, verifyAsyncAt, verifyAt } from '../dist/esm/signature.js';
import { VERSION } from '../dist/esm/version.js';

// There are no types for a time without a zone, durations and integers beyond 2^53, and fetch decides about the rest.
const LACKS = ['proxy', 'ca_file', 'connect_timeout', 'int64', 'local_time', 'duration', 'locale'];
const ENVIRONMENT = /^(SYSSECURE_.*|.*_PROXY)$/i;

const camelCase = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

/** What a command may observe besides its result. */
class Scene {
  sleeps = [];
  logs = [];

  constructor(command) {
    this.command = command;
    this.controller = new AbortController();
    for (const name of Object.keys(process.env).filter((name) => ENVIRONMENT.test(name))) {
      delete process.env[name];
    }
    Object.assign(process.env, command.env);
  }

  get system() {
    const { now, random, cancel } = this.command;
    return {
      now: () => (now === undefined ? realSystem.now() : now * 1000),
      random: () => random ?? realSystem.random(),
      sleep: async (milliseconds) => {
        this.sleeps.push(Math.floor(milliseconds));
        if (cancel === 'sleep') {
          this.controller.abort();
          this.controller.signal.throwIfAborted();
        }
      },
    };
  }

  log(line) {
    this.logs.push(line);
    if (this.command.log_fails) {
      throw new Error('the disk is full');
    }
  }

  client() {
    const { timeout_ms, connect_timeout_ms, max_retry_after_ms, ...options } = this.command.client;
    const seconds = { timeout: timeout_ms, connect_timeout: connect_timeout_ms, max_retry_after: max_retry_after_ms };
    const logger = this.command.log ? { debug: (line) => this.log(line) } : undefined;
    return new SysSecure({ ...optionsOf(options, seconds), ...(logger && { logger }) }, this.system);
  }

  callOptions({ timeout_ms, ...options } = this.command.options ?? {}) {
    const { cancel } = this.command;
    if (cancel === 'before') {
      this.controller.abort();
    } else if (cancel === 'response') {
      setTimeout(() => this.controller.abort(), 200);
    }
    return { ...optionsOf(options, { timeout: timeout_ms }), ...(cancel && { signal: this.controller.signal }) };
  }

  invoke(client, { op, args = {} }, options) {
    const path = op.split('.').map(camelCase);
    const operation = path.reduce((part, name) => part[name], operations);
    const method = path.pop();
    const owner = path.reduce((part, name) => part[name], client);

    const given = Object.entries(revive(args));
    const ids = operation.ids.map((name) => revive(args)[name]);
    const params = given.filter(([name]) => !operation.ids.includes(name)).map(([name, v]) => [camelCase(name), v]);
    const objects = operation.params === undefined ? [] : [Object.fromEntries(params)];
    return owner[method](...ids, ...objects, options);
  }
}

/** Camel case, and seconds for milliseconds. Options that are absent stay absent. */
function optionsOf(options, milliseconds) {
  const given = Object.entries(milliseconds).filter(([, value]) => value !== undefined);
  const seconds = given.map(([name, value]) => [name, typeof value === 'number' ? value / 1000 : value]);
  return Object.fromEntries([...Object.entries(options), ...seconds].map(([name, value]) => [camelCase(name), value]));
}

/** Turns {"$time": …} into dates. */
function revive(value) {
  if (Array.isArray(value)) {
    return value.map(revive);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const { $time } = value;
  return $time === undefined
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, revive(inner)]))
    : new Date($time);
}

/** The canonical form of a result. Objects that are no results keep their keys. */
function canonical(value) {
  if (value instanceof Date) {
    return value.toISOString().replace('.000Z', 'Z');
  }
  if (Array.isArray(value)) {
    return value.map(canonical);
  }
  if (
    typeof value !== 'object' ||
    value === null ||
    !Object.hasOwn(value, 'raw') ||
    Object.keys(value).includes('raw')
  ) {
    return value;
  }
  const fields = Object.entries(value).filter(([name]) => name !== 'requestId');
  return Object.fromEntries(fields.map(([name, inner]) => [snakeCase(name), canonical(inner)]));
}

function canonicalError(error) {
  if (!(error instanceof SysSecureError)) {
    const type = error instanceof DOMException ? error.name : 'Unexpected';
    return { type, parents: [], text: inspect(error) };
  }
  const parents = [];
  for (let p = Object.getPrototypeOf(error); p !== SysSecureError.prototype; p = Object.getPrototypeOf(p)) {
    parents.push(Object.getPrototypeOf(p).name);
  }
  const names = [
    'status',
    'code',
    'message',
    'requestId',
    'details',
    'errors',
    'otpId',
    'limit',
    'docUrl',
    'retryAfter',
    'reason',
  ];
  const fields = names.filter((name) => error[name] !== undefined).map((name) => [snakeCase(name), error[name]]);
  // What the console prints is checked for secrets, too.
  return { type: error.name, parents, text: String(error), printed: inspect(error), ...Object.fromEntries(fields) };
}

function describeFields({ fields }) {
  return fields.flatMap(({ name, kind }) => {
    const { shape, isList } = kind.options;
    const path = snakeCase(name) + (isList && shape ? '[]' : '');
    return shape ? describeFields(shape).map((inner) => `${path}.${inner}`) : [path];
  });
}

function describe() {
  const methods = Object.entries(operations).flatMap(([group, inner]) =>
    'method' in inner
      ? [[group, inner]]
      : Object.entries(inner).map(([name, operation]) => [`${group}.${name}`, operation]),
  );
  return Object.fromEntries(
    methods.map(([name, { ids, params = {}, result }]) => [
      snakeCase(name),
      { params: [...ids, ...Object.keys(params).map(snakeCase)], result: describeFields(result) },
    ]),
  );
}

function textsOf(value) {
  return [
    inspect(value),
    inspect(value, { showHidden: true, depth: 9 }),
    String(value),
    format('%s %o %O', value, value, value),
  ];
}

async function checkWebhook({ payload_b64, header, secrets, tolerance = 300, now, as }) {
  const bytes = Buffer.from(payload_b64, 'base64');
  const payload = as === 'parsed' ? JSON.parse(bytes) : as === 'text' ? bytes.toString() : bytes;
  const milliseconds = now * 1000;
  let failure;
  try {
    verifyAt(payload, header, secrets, tolerance, milliseconds);
  } catch (error) {
    failure = error;
  }
  // Both ways to verify must agree.
  const other = await verifyAsyncAt(payload, header, secrets, tolerance, milliseconds).catch((error) => error);
  if (String(other) !== String(failure)) {
    throw new Error(`verify: ${failure}; verifyAsync: ${other}`);
  }
  if (failure !== undefined) {
    throw failure;
  }
  return payload;
}

const commands = {
  hello: () => ({ sdk: 'node', version: VERSION, modes: ['sync'], lacks: LACKS }),
  describe: () => ({ operations: describe() }),
  call: (scene) => scene.invoke(scene.client(), scene.command, scene.callOptions()),

  async iterate(scene) {
    const rows = [];
    const { max = 0 } = scene.command;
    for await (const row of scene.invoke(scene.client(), scene.command, scene.callOptions())) {
      rows.push(row);
      if (rows.length === max) {
        break;
      }
    }
    return rows;
  },

  async parallel(scene) {
    const client = scene.client();
    const { n, rounds = 1 } = scene.command;
    let ok = 0;
    for (let round = 0; round < rounds; round += 1) {
      const calls = Array.from({ length: n }, () => scene.invoke(client, scene.command, scene.callOptions()));
      ok += (await Promise.all(calls)).length;
    }
    return { ok };
  },

  request(scene) {
    const { method, path, body, query } = scene.command;
    return scene.client().request(method, path, { body, query }, scene.callOptions());
  },

  async sequence(scene) {
    const client = scene.client();
    const results = [];
    for (const step of scene.command.steps) {
      results.push(await scene.invoke(client, step, scene.callOptions(step.options)));
    }
    return results;
  },

  closed(scene) {
    const client = scene.client();
    client.close();
    client.close();
    return client.balance.get();
  },

  async inspect(scene) {
    const client = scene.client();
    const result = scene.command.op ? await scene.invoke(client, scene.command, scene.callOptions()) : undefined;
    return { texts: [...textsOf(client), JSON.stringify(client), ...(result ? textsOf(result) : [])] };
  },

  verify_webhook: async ({ command }) => {
    await checkWebhook(command);
    return true;
  },
  construct_event: async ({ command }) => readEvent(await checkWebhook(command)),
  sign_webhook: ({ command }) => signAt(Buffer.from(command.payload_b64, 'base64'), command.secret, command.timestamp),

  retry_delay({ command }) {
    const { retry, random, status, retry_after, now, max_retry_after_ms } = command;
    const { maxRetryAfter } = readClientOptions(
      optionsOf({ api_key: 'sk_test_key' }, { max_retry_after: max_retry_after_ms }),
    );
    const retryAfter = parseRetryAfter(retry_after, now * 1000);
    const wait = retryDelay(retry, random, retryAfter, maxRetryAfter);
    const raised = () => ({ raise: statusError({ status, code: '', message: '' }).name, retry_after_s: retryAfter });
    return wait === undefined ? raised() : { sleep_ms: Math.floor(wait) };
  },
};

async function answer(command) {
  const scene = new Scene(command);
  const report = () => ({ sleeps_ms: scene.sleeps, logs: scene.logs });
  try {
    const result = await commands[command.cmd](scene);
    return { id: command.id, ok: canonical(result), ...report(), request_id: result?.requestId };
  } catch (error) {
    return { id: command.id, error: canonicalError(error), ...report() };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
