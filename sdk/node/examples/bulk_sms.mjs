// Sends one text to many phones, eight at a time, and says what became of each:
//
//     node bulk_sms.mjs "We open at 9 tomorrow." +32470123456 +32470123457
//
// When it is stopped and started again with the same text, nobody gets the text twice within 24 hours: the key of each
// message is made of the text and the number.
import { createHash } from 'node:crypto';
import { APIStatusError, SysSecure } from '@syssecure/sdk';

const AT_ONCE = 8;
const client = new SysSecure({ maxRetries: 5 });
const [body, ...numbers] = process.argv.slice(2);

async function send(to) {
  const idempotencyKey = createHash('sha256').update(`${body}\n${to}`).digest('hex');
  try {
    const { id, status, credits } = await client.sms.send({ to, body }, { idempotencyKey });
    console.log(`${to}: ${id} ${status}, ${credits} credits`);
    return true;
  } catch (error) {
    if (error instanceof APIStatusError) {
      console.error(`${to}: ${error}`);
      return false;
    }
    throw error;
  }
}

// Each worker takes the next number when it is done with one.
const queue = numbers.values();
const workers = Array.from({ length: AT_ONCE }, async () => {
  let failed = 0;
  for (const to of queue) {
    failed += (await send(to)) ? 0 : 1;
  }
  return failed;
});

const failed = (await Promise.all(workers)).reduce((sum, n) => sum + n, 0);
console.log(`${numbers.length - failed} of ${numbers.length} messages were accepted.`);
process.exitCode = failed === 0 ? 0 : 1;
