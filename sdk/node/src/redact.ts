import type { JsonObject } from './types/common.js';

const NUMBER = /\+(\d\d)\d{3,11}(\d\d)/g;

/** Hides phone numbers in a text: `+32…56`. */
export function redactNumbers(text: string): string {
  return text.replace(NUMBER, '+$1…$2');
}

/** Hides the key and phone numbers in a text that comes from outside. */
export function redact(text: string, key: string): string {
  return redactNumbers(text.replaceAll(key, 'sk_…'));
}

/** Hides the key and phone numbers in every text of a JSON value. */
export function redactAll(value: unknown, key: string): unknown {
  if (typeof value === 'string') {
    return redact(value, key);
  }
  if (Array.isArray(value)) {
    return value.map((element) => redactAll(element, key));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([name, element]) => [redact(name, key), redactAll(element, key)]),
  );
}

/** The part of the key that is shown. A key that is hardly longer would be shown almost whole. */
export function shownKey(key: string): string {
  return key.length > 10 ? `${key.slice(0, 8)}…` : '…';
}
