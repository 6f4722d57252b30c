// Writes all samples as functions of one TypeScript module, whose types the compiler checks.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const ids = ['otpId', 'messageId', 'templateId', 'webhookId', 'eventId', 'keyId', 'accountId'];
const parameters = ['client: SysSecure', ...ids.map((name) => `${name}: string`)].join(', ');
const samples = readdirSync('.').filter((name) => name.endsWith('.mjs'));
const functions = samples.map((name, i) => {
  const source = readFileSync(name, 'utf8');
  return `// ${name}\nexport async function sample${i}(${parameters}) {\n${source}}\n`;
});

mkdirSync('../../node/.cache', { recursive: true });
const module = `import type { SysSecure } from '../dist/esm/index.js';\n\n${functions.join('\n')}`;
writeFileSync('../../node/.cache/samples.mts', module);
