// Compiled, not run: what the types of the package must accept and refuse, as strictly as TypeScript can be.
import SysSecureByDefault, {
  type AuditChange,
  type CallOptions,
  type ClientOptions,
  type Message,
  type Otp,
  type Page,
  RateLimitError,
  SysSecure,
  type WebhookEvent,
  webhooks,
} from '@syssecure/sdk';
import { FakeServer } from '@syssecure/sdk/testing';
import { ProxyAgent, fetch as undiciFetch } from 'undici';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => undefined;

export const client: SysSecure = new SysSecureByDefault({ apiKey: 'sk_test_key', logger: console, fetch });
export const faked = new SysSecure({ apiKey: 'sk_test_key', fetch: new FakeServer().fetch });

const dispatcher = new ProxyAgent('http://localhost:3128');
export const proxied: ClientOptions = { fetch: (url, init) => undiciFetch(url, { ...init, dispatcher }) };
export const options: CallOptions = { idempotencyKey: 'k', timeout: 5, signal: AbortSignal.timeout(1000) };

export async function otp(id: string): Promise<Otp> {
  const sent = await client.otp.send({ to: '+32470123456', channels: ['rcs', 'sms'], locale: null }, options);
  same<typeof sent.id, string>(true);
  same<typeof sent.expiresAt, Date>(true);

  const { valid, reason, attemptsRemaining } = await client.otp.verify({ otpId: sent.id, code: '000000' });
  same<typeof valid, boolean>(true);
  same<typeof attemptsRemaining, number | undefined>(true);
  const isExpired: boolean = reason === 'expired';
  return isExpired ? client.otp.get(id) : client.otp.cancel(id);
}

export async function messages(): Promise<readonly Message[]> {
  for await (const message of client.messages.list({ createdAfter: new Date(), metadata: { order: 7 } })) {
    same<typeof message, Message>(true);
  }
  const page: Page<Message> = await client.messages.list();
  const next: Page<Message> | undefined = await page.nextPage();
  return next?.data ?? page.data;
}

export async function carriers(): Promise<void> {
  for await (const { state, channels, sessions, pausedSince } of client.carriers.list(options)) {
    same<typeof state, string>(true);
    same<typeof sessions, number | undefined>(true);
    same<typeof pausedSince, Date | undefined>(true);
    await client.otp.send({ to: '+32470123456', channels });
  }
}

export async function keys(id: string): Promise<string | undefined> {
  for await (const { lastUsedAt, scopes, secret } of client.keys.list({ limit: 5 }, options)) {
    same<typeof lastUsedAt, Date | undefined>(true);
    same<typeof secret, string | undefined>(true);
    await client.keys.create({ name: 'another', scopes });
  }
  for await (const { actor, changes } of client.audit.list({ createdAfter: new Date() })) {
    same<typeof actor.id, string | undefined>(true);
    same<typeof changes, readonly AuditChange[]>(true);
  }
  const { replaces } = await client.keys.rotate(id, { overlap: 3600 });
  return replaces;
}

export function event(body: Uint8Array, header: string | string[] | undefined): WebhookEvent {
  return webhooks.constructEvent(body, header, ['whsec_1', 'whsec_2'], 60);
}

export const waitOf = (error: unknown): number | undefined =>
  error instanceof RateLimitError ? error.retryAfter : undefined;

// @ts-expect-error: the channels are missing
client.otp.send({ to: '+32470123456' });
// @ts-expect-error: a name of the wire
client.otp.send({ to: '+32470123456', channels: ['sms'], expires_in: 300 });
// @ts-expect-error: fetch decides about it
new SysSecure({ proxy: 'http://localhost:3128' });
// @ts-expect-error: a body that was parsed
webhooks.constructEvent({ event: 'otp.verified' }, 't=1,v1=0', 'whsec_1');
client.balance.get().then((balance) => {
  // @ts-expect-error: results do not change
  balance.credits = 0;
});
// @ts-expect-error: how clients send is no matter of users
client.otp.call;
