import { SysSecure, RateLimitError } from '@syssecure/sdk';
const client = new SysSecure({ apiKey: 'sk_live_...', baseUrl: 'https://otp.example.com' });
const otp = await client.otp.send({ to: '+32470123456', channels: ['whatsapp', 'sms'], expiresIn: 300 });
try {
  const result = await client.otp.verify({ otpId: otp.id, code: '847291' });
  console.log(result.valid, result.reason, result.attemptsRemaining);
} catch (e) { if (e instanceof RateLimitError) console.log(e.retryAfter, e.requestId); else throw e; }
await client.sms.send({ to: '+32470123456', body: 'Shipped' }, { idempotencyKey: 'order-1042' });
for await (const m of client.messages.list({ limit: 50 })) console.log(m.id, m.status);
const event = client.webhooks.constructEvent(rawBody, req.headers['x-syssecure-signature'], 'whsec_...');
