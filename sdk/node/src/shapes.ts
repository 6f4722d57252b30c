import { anything, decimal, dictionary, flag, integer, type Kinds, list, model, Shape, text, time } from './shape.js';
import type * as account from './types/account.js';
import type * as messages from './types/messages.js';
import type * as otps from './types/otp.js';
import type * as templates from './types/templates.js';
import type * as webhooks from './types/webhooks.js';

const attempt = new Shape<otps.Attempt>('Attempt', {
  channel: text,
  carrier: text,
  status: text,
  reason: text,
  carrierCode: text,
  segments: integer,
  credits: integer,
  cost: integer,
  chosen: text,
  repeated: flag,
  at: time,
});

export const sentOtp = new Shape<otps.SentOtp>('SentOtp', {
  id: text.as('otp_id'),
  status: text,
  channel: text,
  to: text,
  expiresAt: time,
  createdAt: time,
});

export const verification = new Shape<otps.Verification>('Verification', {
  valid: flag.required,
  otpId: text,
  reason: text,
  attemptsRemaining: integer,
  verifiedAt: time,
});

export const otp = new Shape<otps.Otp>('Otp', {
  id: text.as('otp_id'),
  status: text,
  channel: text,
  to: text,
  purpose: text,
  attemptsRemaining: integer,
  attempts: list(model(attempt)),
  metadata: dictionary().hidden,
  testNumber: flag,
  expiresAt: time,
  createdAt: time,
  verifiedAt: time,
});

const replacement = new Shape<messages.Replacement>('Replacement', { from: text, to: text, count: integer });

export const sentSms = new Shape<messages.SentSms>('SentSms', {
  id: text.as('message_id'),
  status: text,
  channel: text,
  to: text,
  from: text,
  segments: integer,
  encoding: text,
  replaced: list(model(replacement)).hidden,
  credits: integer,
  scheduledAt: time,
  createdAt: time,
});

export const message = new Shape<messages.Message>('Message', {
  id: text.as('message_id'),
  status: text,
  channel: text,
  to: text,
  from: text,
  segments: integer,
  encoding: text,
  replaced: list(model(replacement)).hidden,
  credits: integer,
  carrier: text,
  reason: text,
  metadata: dictionary().hidden,
  attempts: list(model(attempt)),
  scheduledAt: time,
  sentAt: time,
  deliveredAt: time,
  createdAt: time,
});

export const inboundMessage = new Shape<messages.InboundMessage>('InboundMessage', {
  id: text.as('inbound_id'),
  channel: text,
  carrier: text,
  from: text,
  to: text,
  body: text.hidden,
  receivedAt: time,
});

export const sandboxMessage = new Shape<messages.SandboxMessage>('SandboxMessage', {
  messageId: text,
  otpId: text,
  status: text,
  to: text,
  channel: text,
  body: text.hidden,
  at: time,
});

export const sandboxClock = new Shape<messages.SandboxClock>('SandboxClock', { now: time, offset: text, done: flag });

const templateChannels = new Shape<templates.TemplateChannels>('TemplateChannels', {
  whatsapp: model(new Shape<templates.TemplateWhatsApp>('TemplateWhatsApp', { name: text, language: text })),
  voice: model(new Shape<templates.TemplateVoice>('TemplateVoice', { translations: dictionary<string>() })),
});

export const template = new Shape<templates.Template>('Template', {
  id: text,
  name: text,
  translations: dictionary<string>(),
  channels: model(templateChannels),
  createdAt: time,
});

const previewVariable = new Shape<templates.PreviewVariable>('PreviewVariable', { name: text, value: text.hidden });
const textPreview = new Shape<templates.TextPreview>('TextPreview', { text: text.hidden });

const whatsAppPreview = new Shape<templates.WhatsAppPreview>('WhatsAppPreview', {
  name: text,
  language: text,
  variables: list(model(previewVariable)),
  text: text.hidden,
});

const smsPreview = new Shape<templates.SmsPreview>('SmsPreview', {
  text: text.hidden,
  encoding: text,
  segments: integer,
  replaced: list(model(replacement)).hidden,
});

const previewChannels = new Shape<templates.PreviewChannels>('PreviewChannels', {
  whatsapp: model(whatsAppPreview),
  sms: model(smsPreview),
  telegram: model(textPreview),
  voice: model(textPreview),
});

export const preview = new Shape<templates.Preview>('Preview', {
  locale: text,
  text: text.hidden,
  encoding: text,
  segments: integer,
  replaced: list(model(replacement)).hidden,
  channels: model(previewChannels),
});

export const webhookEndpoint = new Shape<webhooks.WebhookEndpoint>('WebhookEndpoint', {
  id: text,
  url: text,
  events: list(text),
  description: text,
  enabled: flag,
  disabledReason: text,
  failingSince: time,
  secret: text.hidden,
  createdAt: time,
});

const deliveryTry = new Shape<webhooks.DeliveryTry>('DeliveryTry', {
  at: time,
  durationMs: integer,
  statusCode: integer,
  error: text,
  answer: text.hidden,
});

export const delivery = new Shape<webhooks.Delivery>('Delivery', {
  id: text,
  event: text,
  status: text,
  attempts: integer,
  nextAttemptAt: time,
  tries: list(model(deliveryTry)),
  createdAt: time,
});

export const webhookEndpointTest = new Shape<webhooks.WebhookEndpointTest>('WebhookEndpointTest', {
  delivered: flag,
  try: model(deliveryTry),
});

export const recovery = new Shape<webhooks.Recovery>('Recovery', { queued: integer, nextSince: time });
export const callbackSecret = new Shape<webhooks.CallbackSecret>('CallbackSecret', { secret: text.hidden });

export const eventTypeInfo = new Shape<webhooks.EventTypeInfo>('EventTypeInfo', {
  event: text,
  description: text,
  schema: anything.hidden,
  example: anything.hidden,
});

export const eventRecord = new Shape<webhooks.EventRecord>('EventRecord', {
  id: text,
  event: text,
  payload: anything.hidden,
  createdAt: time,
});

export const webhookEvent = new Shape<webhooks.WebhookEvent>('WebhookEvent', {
  type: text.as('event'),
  messageId: text,
  otpId: text,
  webhookId: text,
  inboundId: text,
  channel: text,
  from: text,
  to: text,
  body: text.hidden,
  status: text,
  purpose: text,
  keyword: text,
  reason: text,
  carrierCode: text,
  metadata: dictionary().hidden,
  latencyMs: integer,
  credits: integer,
  threshold: integer,
  sequence: integer,
  test: flag,
  // Each type of event has another name for its time: sent_at, verified_at, …
  at: time.as(/_at$/),
});

export const optOut = new Shape<account.OptOut>('OptOut', {
  number: text,
  source: text,
  keyword: text,
  createdAt: time,
});

export const balance = new Shape<account.Balance>('Balance', { credits: integer, held: integer });

const usageSums: Kinds<account.UsageSums> = {
  messages: integer,
  segments: integer,
  credits: integer,
  cost: integer,
};

const usageLine = new Shape<account.UsageLine>('UsageLine', {
  day: text,
  country: text,
  channel: text,
  ...usageSums,
});

export const usage = new Shape<account.Usage>('Usage', {
  from: text,
  to: text,
  data: list(model(usageLine)),
  total: model(new Shape<account.UsageSums>('UsageSums', usageSums)),
});

const conversionLine = new Shape<account.ConversionLine>('ConversionLine', {
  day: text,
  country: text,
  prefix: text,
  channel: text,
  carrier: text,
  template: text,
  codes: integer,
  sent: integer,
  delivered: integer,
  verified: integer,
  conversionRate: decimal,
  medianSeconds: decimal,
  p95Seconds: decimal,
  credits: integer,
  creditsPerVerified: decimal,
});

export const conversion = new Shape<account.Conversion>('Conversion', {
  from: text,
  to: text,
  data: list(model(conversionLine)),
  total: model(conversionLine),
});

export const lookup = new Shape<account.Lookup>('Lookup', {
  number: text,
  country: text,
  type: text,
  valid: flag,
  national: text.hidden,
  international: text.hidden,
});

export const carrier = new Shape<account.Carrier>('Carrier', {
  name: text,
  kind: text,
  channels: list(text),
  state: text,
  pausedSince: time,
  failingSince: time,
  lastError: text,
  sessionsBound: integer,
  sessions: integer,
  inFlight: integer,
  queued: integer,
  rate: integer,
  rateUsed: integer,
  nodes: integer,
});

export const accountSettings = new Shape<account.Account>('Account', {
  id: text,
  name: text,
  defaultLocale: text,
  origin: text,
  appHash: text,
  from: text,
  onUnknown: text,
  maskNumbers: flag,
  smartEncoding: flag,
  creditsLow: integer,
  spendCapHour: integer,
  spendCapDay: integer,
  spendCapCountries: dictionary<number>(),
  optOutBlocksOtp: flag,
  optOutReplies: flag,
  helpText: text,
  createdAt: time,
});

export const deleted = new Shape<account.Deleted>('Deleted', { id: text, deleted: flag });

const numberFinding = new Shape<account.NumberFinding>('NumberFinding', {
  at: time,
  kind: text,
  text: text,
  otpId: text,
  messageId: text,
  carrier: text,
  channel: text,
  carrierCode: text,
});

export const numberReport = new Shape<account.NumberReport>('NumberReport', {
  number: text,
  country: text,
  mode: text,
  since: time,
  summary: text,
  verdict: text,
  findings: list(model(numberFinding)),
  advice: list(text),
});

export const balanceEntry = new Shape<account.BalanceEntry>('BalanceEntry', {
  seq: integer,
  kind: text,
  credits: integer,
  held: integer,
  balance: integer,
  messageId: text,
  createdAt: time,
});

export const price = new Shape<account.Price>('Price', {
  channel: text,
  prefix: text,
  country: text,
  unit: text,
  credits: integer,
  cost: integer,
});

export const clearedInbox = new Shape<messages.ClearedInbox>('ClearedInbox', {
  cleared: integer,
});
