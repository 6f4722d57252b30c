// The fenced blocks of README.md.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project.mjs';

export const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** What a block is, by what it does. Each kind is run in its own way. */
function kindOf(language, text) {
  if (language !== 'js') {
    return language;
  }
  if (/^export async function POST\(/m.test(text)) {
    return 'route';
  }
  return /\.listen\(/.test(text) ? 'server' : 'program';
}

/** All blocks in their order, each with the heading above it. */
export const blocks = readme.split(/^## /m).flatMap((section) => {
  const [heading] = section.split('\n', 1);
  const found = [...section.matchAll(/^```(\w*)\n(.*?)^```$/gms)];
  return found.map(([, language, text]) => ({ heading, text, kind: kindOf(language, text) }));
});
