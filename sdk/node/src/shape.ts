import { redactNumbers } from './errors.js';
import type { JsonObject, Model } from './types/common.js';

/** A field of an answer has the wrong type. */
export class FieldFault extends Error {}

/** How one field of an answer is read. */
export class Kind<T> {
  /** What an absent field is; `at` is its path. */
  readonly absent: (at: string) => T | undefined;

  constructor(
    /** Reads a value; `at` is the path of the field, for the message of a fault. */
    readonly read: (value: unknown, at: string) => T,
    readonly options: {
      readonly absent?: (at: string) => T;
      readonly wire?: string | RegExp;
      readonly hidden?: boolean;
      readonly shape?: Shape<Model>;
      readonly isList?: boolean;
    } = {},
  ) {
    this.absent = options.absent ?? (() => undefined);
  }

  /** The same kind under another name on the wire, or under the first name that matches. */
  as(wire: string | RegExp): Kind<T> {
    return new Kind(this.read, { ...this.options, wire });
  }

  /** The same kind, whose absence is a fault. */
  get required(): Kind<T> {
    const absent = (at: string): T => {
      throw new FieldFault(`${at} is absent`);
    };
    return new Kind(this.read, { ...this.options, absent });
  }

  /** The same kind, never shown in a text form of the result. */
  get hidden(): Kind<T> {
    return new Kind(this.read, { ...this.options, hidden: true });
  }
}

function typed<T>(name: string, accepts: (value: unknown) => boolean): Kind<T> {
  return new Kind((value, at) => {
    if (!accepts(value)) {
      throw new FieldFault(`${at} is not ${name}`);
    }
    return value as T;
  });
}

const TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

export const text = typed<string>('text', (value) => typeof value === 'string');
export const flag = typed<boolean>('a boolean', (value) => typeof value === 'boolean');
export const integer = typed<number>('an integer', Number.isInteger);
export const decimal = typed<number>('a number', (value) => typeof value === 'number');
/** Any JSON, as it is. */
export const anything = new Kind<unknown>((value) => value);

/** A JSON object whose keys are the caller's. */
export const dictionary = <V = unknown>(): Kind<Readonly<Record<string, V>>> =>
  new Kind((value, at) => objectAt(value, at) as Record<string, V>, { absent: () => Object.freeze({}) });

export const time = new Kind<Date>((value, at) => {
  const date = typeof value === 'string' && TIME.test(value) && isDay(value) ? new Date(value) : undefined;
  if (date === undefined || Number.isNaN(date.getTime())) {
    throw new FieldFault(`${at} is not a time`);
  }
  return date;
});

/** Whether a time begins with a day that exists. `Date` takes 30 February for 2 March. */
function isDay(time: string): boolean {
  const day = time.slice(0, 10);
  const date = new Date(day);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** An object that has its own shape. */
export function model<T extends Model>(shape: Shape<T>): Kind<T> {
  return new Kind((value, at) => shape.read(value, at), { shape });
}

/** A list of which each element is of the kind. */
export function list<T>(kind: Kind<T>): Kind<readonly T[]> {
  const read = (value: unknown, at: string): readonly T[] => {
    if (!Array.isArray(value)) {
      throw new FieldFault(`${at} is not a list`);
    }
    return Object.freeze(value.map((element, i) => kind.read(element, `${at}[${i}]`)));
  };
  return new Kind(read, { ...kind.options, absent: () => Object.freeze([]), isList: true });
}

/** The kind of each field of T. */
export type Kinds<T> = {
  readonly [K in Exclude<keyof T, keyof Model | 'requestId'>]-?: Kind<Exclude<T[K], undefined>>;
};

interface Field {
  readonly name: string;
  readonly wire: string | RegExp;
  readonly kind: Kind<unknown>;
}

/** The fields of one type of result, by which answers are read, and its text form. */
export class Shape<T extends Model> {
  readonly fields: readonly Field[];
  readonly #prototype: object;

  constructor(
    readonly name: string,
    kinds: Kinds<T>,
  ) {
    this.fields = Object.entries<Kind<unknown>>(kinds).map(([field, kind]) => {
      return { name: field, wire: kind.options.wire ?? snakeCase(field), kind };
    });
    this.#prototype = Object.create(
      Object.prototype,
      textForms(name, (object) => this.#shown(object)),
    );
  }

  /** Reads a decoded JSON object. `at` is its path inside of the answer, and empty for a whole answer. */
  read(value: unknown, at = '', requestId?: string): T {
    const raw = objectAt(value, at);
    const result = Object.create(this.#prototype) as Record<string, unknown>;
    for (const { name, wire, kind } of this.fields) {
      const key = typeof wire === 'string' ? wire : (Object.keys(raw).find((other) => wire.test(other)) ?? '');
      const given = raw[key];
      const path = at + (at && '.') + key;
      const read = given === undefined || given === null ? kind.absent(path) : kind.read(given, path);
      if (read !== undefined) {
        result[name] = read;
      }
    }
    if (requestId !== undefined) {
      result['requestId'] = requestId;
    }
    // It is not enumerable, so that the fields stay what is printed, compared and stored.
    Object.defineProperty(result, 'raw', { value: raw });
    return Object.freeze(result) as unknown as T;
  }

  /** A copy without what must not be printed. */
  #shown(object: Record<string, unknown>): Record<string, unknown> {
    const hidden = this.fields.filter(({ kind }) => kind.options.hidden).map(({ name }) => name);
    const shown = Object.entries(object).filter(([name]) => !hidden.includes(name));
    return Object.fromEntries(shown.map(([name, value]) => [name, shownValue(value)]));
  }
}

function shownValue(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(shownValue);
  }
  return typeof value === 'string' ? redactNumbers(value) : value;
}

/** The properties by which an object prints what `shown` gives: in `console.log` and in template strings. */
export function textForms(name: string, shown: (object: Record<string, unknown>) => object): PropertyDescriptorMap {
  return {
    [Symbol.for('nodejs.util.inspect.custom')]: {
      value(this: Record<string, unknown>, _depth: number, options: object, inspect: (v: object, o: object) => string) {
        return `${name} ${inspect(shown(this), options)}`;
      },
    },
    toString: {
      value(this: Record<string, unknown>) {
        const fields = Object.entries(shown(this)).map(([field, value]) => `${field}: ${shortText(value)}`);
        return `${name} { ${fields.join(', ')} }`;
      },
    },
  };
}

function shortText(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(shortText).join(', ')}]`;
  }
  return value instanceof Date ? value.toISOString() : String(value);
}

function objectAt(value: unknown, at: string): JsonObject {
  if (!isObject(value)) {
    throw new FieldFault(`${at === '' ? 'the body' : at} is not an object`);
  }
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `expiresIn` is `expires_in` on the wire. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Freezes a decoded JSON value with everything in it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
