import { ConfigurationError } from './errors.js';
import { isObject, type Shape, snakeCase } from './shape.js';
import type { JsonObject, Model } from './types/common.js';

/** Says how a parameter is sent: what it becomes, or the parameters inside of it. */
type Encoder = ((value: unknown, name: string) => unknown) | { readonly [name: string]: Encoder };

/** The encoder of each parameter of P. */
export type Params<P> = { readonly [K in keyof P]-?: Encoder };

/** Sends a value as it is. */
export function value(given: unknown, name: string): unknown {
  // JSON has no such numbers: they would arrive as null, which means that nothing was given.
  if (typeof given === 'number' && !Number.isFinite(given)) {
    throw new ConfigurationError(`${name} is ${given}; give a finite number`);
  }
  return given;
}

/** Sends a `Date` in UTC; text is sent as it is. */
export function timeParam(given: unknown, name: string): unknown {
  if (!(given instanceof Date)) {
    return given;
  }
  if (Number.isNaN(given.getTime())) {
    throw new ConfigurationError(`${name} is an invalid Date`);
  }
  return given.toISOString().replace('.000Z', 'Z');
}

/** Sends whole seconds. */
export function seconds(given: unknown, name: string): unknown {
  if (typeof given === 'number' && !Number.isInteger(given)) {
    throw new ConfigurationError(`${name} is ${given}; give a whole number of seconds`);
  }
  return given;
}

/** Sends seconds as text, such as `301s`; text is sent as it is. */
export function secondsText(given: unknown, name: string): unknown {
  return typeof given === 'number' ? `${seconds(given, name)}s` : given;
}

/** What an operation sends besides its headers. */
export interface Encoded {
  /** Below the base URL, with its query. */
  readonly path: string;
  readonly body: string | undefined;
}

/** One operation of the API: how its request is made, and what its result is. */
export class Operation<P, R extends Model> {
  /** The names of the parts of the path that the caller gives. */
  readonly ids: readonly string[];

  constructor(
    readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    readonly path: string,
    /** The shape of the result; of a list, that of one element. */
    readonly result: Shape<R>,
    /** Absent when the operation has no parameters besides those of its path. */
    readonly params?: Params<P>,
  ) {
    this.ids = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name as string);
  }

  encode(ids: readonly unknown[], given: P | undefined): Encoded {
    const path = this.ids.reduce((path, name, i) => path.replace(`{${name}}`, encodeId(ids[i], name)), this.path);
    if (this.params === undefined) {
      return { path, body: undefined };
    }

    const params = encodeParams(given ?? {}, this.params, '');
    return this.method === 'GET' || this.method === 'DELETE'
      ? { path: path + encodeQuery(params), body: undefined }
      : { path, body: encodeBody(params) };
  }
}

function encodeParams(given: unknown, encoders: { readonly [name: string]: Encoder }, prefix: string): JsonObject {
  if (!isObject(given)) {
    throw new ConfigurationError(`${prefix === '' ? 'the parameters are' : `${prefix.slice(0, -1)} is`} not an object`);
  }

  const encoded: JsonObject = {};
  for (const [name, value] of Object.entries(given)) {
    const encoder = Object.hasOwn(encoders, name) ? encoders[name] : undefined;
    if (encoder === undefined) {
      throw new ConfigurationError(`there is no parameter ${prefix}${name}${suggestion(name, encoders)}`);
    }
    if (value !== undefined && value !== null) {
      const send =
        typeof encoder === 'function' ? encoder : (value: unknown) => encodeParams(value, encoder, `${name}.`);
      encoded[snakeCase(name)] = send(value, prefix + name);
    }
  }
  return encoded;
}

function suggestion(name: string, known: object): string {
  const similar = Object.keys(known).find((other) => snakeCase(other) === name.toLowerCase());
  return similar === undefined ? `; there are ${Object.keys(known).join(', ')}` : `; write ${similar}`;
}

/** Encodes a JSON body. */
export function encodeBody(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    // A cycle, or a BigInt.
    throw new ConfigurationError('the parameters cannot be written as JSON', { cause });
  }
}

/** Encodes a query with its question mark; it is empty when nothing is given. */
export function encodeQuery(params: JsonObject): string {
  const pairs = Object.entries(params).flatMap(([name, given]): [string, unknown][] => {
    const sent = timeParam(given, name);
    if (isObject(sent)) {
      return Object.entries(sent).map(([key, inner]) => [`${name}[${key}]`, inner]);
    }
    return [[name, Array.isArray(sent) ? sent.join(',') : sent]];
  });
  const given = pairs.filter(([, inner]) => inner !== undefined && inner !== null);
  return given.map(([name, inner], i) => `${i === 0 ? '?' : '&'}${percent(name)}=${percent(String(inner))}`).join('');
}

function encodeId(id: unknown, wire: string): string {
  const name = wire.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  if (typeof id !== 'string') {
    throw new ConfigurationError(`${name} must be text`);
  }
  if (id === '' || id === '.' || id === '..') {
    throw new ConfigurationError(
      `${name} is ${id === '' ? 'empty' : `"${id}"`}; the request would reach another resource`,
    );
  }
  return percent(id);
}

function percent(text: string): string {
  try {
    return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  } catch (cause) {
    throw new ConfigurationError('a parameter holds half of a surrogate pair', { cause });
  }
}
