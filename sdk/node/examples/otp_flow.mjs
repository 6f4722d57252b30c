// Sends a code to a phone, and asks for it until it is right:
//
//     node otp_flow.mjs +32470123456
//
// SYSSECURE_API_KEY and SYSSECURE_BASE_URL name the key and the server. With a test key the code is 000000.
import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { InvalidPhoneError, RateLimitError, SysSecure } from '@syssecure/sdk';

const client = new SysSecure();

async function send(to) {
  try {
    return await client.otp.send({ to, channels: ['whatsapp', 'sms'], fallback: { after: 20 } });
  } catch (error) {
    if (error instanceof InvalidPhoneError) {
      console.error(`That is no phone number: ${error.message}`);
    } else if (error instanceof RateLimitError) {
      console.error(`Too many codes. Try again in ${error.retryAfter} seconds.`);
    } else {
      throw error;
    }
    return undefined;
  }
}

const otp = await send(process.argv[2] ?? '');
if (otp === undefined) {
  process.exit(1);
}
console.log(`A code was sent by ${otp.channel}. It is valid until ${otp.expiresAt.toLocaleTimeString()}.`);

const input = createInterface({ input: stdin, output: stdout });
input.setPrompt('Code: ');
input.prompt();
for await (const code of input) {
  const { valid, reason, attemptsRemaining = 0 } = await client.otp.verify({ otpId: otp.id, code });
  if (valid) {
    console.log('Right.');
    break;
  }
  console.log(`Not valid (${reason}), ${attemptsRemaining} attempts remain.`);
  if (attemptsRemaining === 0) {
    break;
  }
  input.prompt();
}
