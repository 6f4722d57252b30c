// Redacting and freezing call themselves for each level, so that deeper values would overflow the stack.
const MOST_LEVELS = 512;

/** Parses JSON from outside. That which nests too deeply is refused like text that is no JSON. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  checkLevels(value, MOST_LEVELS);
  return value;
}

function checkLevels(value: unknown, left: number): void {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  if (left === 0) {
    throw new SyntaxError(`the JSON has more than ${MOST_LEVELS} levels`);
  }
  for (const element of Object.values(value)) {
    checkLevels(element, left - 1);
  }
}
