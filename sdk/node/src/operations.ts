import { Operation, type Params, seconds, secondsText, timeParam, value } from './operation.js';
import * as more from './operator-shapes.js';
import * as shapes from './shapes.js';
import type * as access from './types/access.js';
import type * as account from './types/account.js';
import type { PageParams } from './types/common.js';
import type * as messages from './types/messages.js';
import type * as operator from './types/operator.js';
import type * as otps from './types/otp.js';
import type * as templates from './types/templates.js';
import type * as webhooks from './types/webhooks.js';

const pages: Params<PageParams> = { limit: value, cursor: value };

const created: Params<messages.MessageListParams> = {
  to: value,
  channel: value,
  status: value,
  country: value,
  carrier: value,
  createdAfter: timeParam,
  createdBefore: timeParam,
  metadata: value,
  ...pages,
};

const sample: Params<templates.TemplatePreviewParams> = {
  code: value,
  expiresIn: seconds,
  locale: value,
  metadata: value,
};

const overlap: Params<webhooks.RotateSecretParams> = { overlap: seconds };

const report: Params<account.UsageParams> = { from: value, to: value, groupBy: value };

/** Every operation, under the name of its method. */
export const operations = {
  otp: {
    send: new Operation<otps.OtpSendParams, otps.SentOtp>('POST', '/otp/send', shapes.sentOtp, {
      to: value,
      channels: value,
      expiresIn: seconds,
      length: value,
      locale: value,
      template: value,
      metadata: value,
      fallback: { after: seconds },
      purpose: value,
      forceNew: value,
      clientIp: value,
    }),
    verify: new Operation<otps.OtpVerifyParams, otps.Verification>('POST', '/otp/verify', shapes.verification, {
      otpId: value,
      code: value,
    }),
    get: new Operation('GET', '/otp/{otp_id}', shapes.otp),
    list: new Operation<otps.OtpListParams, otps.Otp>('GET', '/otp', shapes.otp, { ...created, template: value }),
    resend: new Operation<otps.OtpResendParams, otps.SentOtp>('POST', '/otp/{otp_id}/resend', shapes.sentOtp, {
      channel: value,
    }),
    cancel: new Operation('POST', '/otp/{otp_id}/cancel', shapes.otp),
  },

  sms: {
    send: new Operation<messages.SmsSendParams, messages.SentSms>('POST', '/sms/send', shapes.sentSms, {
      to: value,
      body: value,
      from: value,
      callbackUrl: value,
      scheduledAt: timeParam,
      metadata: value,
    }),
  },

  messages: {
    get: new Operation('GET', '/messages/{message_id}', shapes.message),
    list: new Operation<messages.MessageListParams, messages.Message>('GET', '/messages', shapes.message, created),
    cancel: new Operation('POST', '/messages/{message_id}/cancel', shapes.message),
  },

  inbound: {
    list: new Operation<messages.InboundListParams, messages.InboundMessage>('GET', '/inbound', shapes.inboundMessage, {
      from: value,
      to: value,
      receivedAfter: timeParam,
      receivedBefore: timeParam,
      ...pages,
    }),
  },

  templates: {
    create: new Operation<templates.TemplateCreateParams, templates.Template>('POST', '/templates', shapes.template, {
      name: value,
      translations: value,
      channels: value,
    }),
    get: new Operation('GET', '/templates/{template_id}', shapes.template),
    list: new Operation<templates.TemplateListParams, templates.Template>('GET', '/templates', shapes.template, {
      search: value,
      ...pages,
    }),
    update: new Operation<templates.TemplateUpdateParams, templates.Template>(
      'PATCH',
      '/templates/{template_id}',
      shapes.template,
      { name: value, translations: value, channels: value },
    ),
    delete: new Operation('DELETE', '/templates/{template_id}', shapes.deleted),
    preview: new Operation<templates.TemplatePreviewParams, templates.Preview>(
      'POST',
      '/templates/{template_id}/preview',
      shapes.preview,
      sample,
    ),
    previewDraft: new Operation<templates.TemplateDraftParams, templates.Preview>(
      'POST',
      '/templates/preview',
      shapes.preview,
      { translations: value, channels: value, ...sample },
    ),
  },

  webhookEndpoints: {
    create: new Operation<webhooks.WebhookEndpointCreateParams, webhooks.WebhookEndpoint>(
      'POST',
      '/webhooks',
      shapes.webhookEndpoint,
      { url: value, events: value, description: value, enabled: value },
    ),
    get: new Operation('GET', '/webhooks/{webhook_id}', shapes.webhookEndpoint),
    list: new Operation<PageParams, webhooks.WebhookEndpoint>('GET', '/webhooks', shapes.webhookEndpoint, pages),
    update: new Operation<webhooks.WebhookEndpointUpdateParams, webhooks.WebhookEndpoint>(
      'PATCH',
      '/webhooks/{webhook_id}',
      shapes.webhookEndpoint,
      { url: value, events: value, description: value, enabled: value },
    ),
    delete: new Operation('DELETE', '/webhooks/{webhook_id}', shapes.deleted),
    test: new Operation<webhooks.WebhookEndpointTestParams, webhooks.WebhookEndpointTest>(
      'POST',
      '/webhooks/{webhook_id}/test',
      shapes.webhookEndpointTest,
      { event: value },
    ),
    rotateSecret: new Operation<webhooks.RotateSecretParams, webhooks.WebhookEndpoint>(
      'POST',
      '/webhooks/{webhook_id}/rotate-secret',
      shapes.webhookEndpoint,
      overlap,
    ),
    deliveries: new Operation<webhooks.DeliveryListParams, webhooks.Delivery>(
      'GET',
      '/webhooks/{webhook_id}/deliveries',
      shapes.delivery,
      { status: value, ...pages },
    ),
    redeliver: new Operation('POST', '/webhooks/{webhook_id}/deliveries/{event_id}/redeliver', shapes.delivery),
    recover: new Operation<webhooks.WebhookEndpointRecoverParams, webhooks.Recovery>(
      'POST',
      '/webhooks/{webhook_id}/recover',
      shapes.recovery,
      { since: timeParam, until: timeParam },
    ),
    eventTypes: new Operation('GET', '/webhooks/event-types', shapes.eventTypeInfo),
    rotateCallbackSecret: new Operation<webhooks.RotateSecretParams, webhooks.CallbackSecret>(
      'POST',
      '/webhooks/callback/rotate-secret',
      shapes.callbackSecret,
      overlap,
    ),
  },

  events: {
    list: new Operation<webhooks.EventListParams, webhooks.EventRecord>('GET', '/events', shapes.eventRecord, {
      type: value,
      after: value,
      ...pages,
    }),
  },

  optOuts: {
    list: new Operation<account.OptOutListParams, account.OptOut>('GET', '/opt-outs', shapes.optOut, {
      to: value,
      ...pages,
    }),
    put: new Operation('PUT', '/opt-outs/{number}', shapes.optOut),
    delete: new Operation('DELETE', '/opt-outs/{number}', shapes.optOut),
  },

  balance: {
    get: new Operation('GET', '/balance', shapes.balance),
    entries: new Operation<account.BalanceEntryListParams, account.BalanceEntry>(
      'GET',
      '/balance/entries',
      shapes.balanceEntry,
      { kind: value, ...pages },
    ),
    prices: new Operation('GET', '/prices', shapes.price),
  },

  usage: {
    get: new Operation<account.UsageParams, account.Usage>('GET', '/usage', shapes.usage, report),
  },

  analytics: {
    conversion: new Operation<account.ConversionParams, account.Conversion>(
      'GET',
      '/analytics/conversion',
      shapes.conversion,
      { country: value, channel: value, carrier: value, template: value, ...report },
    ),
  },

  keys: {
    list: new Operation<access.KeyListParams, access.ApiKey>('GET', '/keys', more.apiKey, {
      status: value,
      search: value,
      ...pages,
    }),
    create: new Operation<access.KeyCreateParams, access.ApiKey>('POST', '/keys', more.apiKey, {
      name: value,
      scopes: value,
    }),
    rotate: new Operation<access.KeyRotateParams, access.ApiKey>('POST', '/keys/{key_id}/rotate', more.apiKey, {
      overlap: seconds,
    }),
    revoke: new Operation('DELETE', '/keys/{key_id}', more.apiKey),
  },

  requests: {
    list: new Operation<access.RequestListParams, access.LoggedRequest>('GET', '/requests', more.loggedRequest, {
      keyId: value,
      status: value,
      method: value,
      operation: value,
      createdAfter: timeParam,
      createdBefore: timeParam,
      ...pages,
    }),
  },

  audit: {
    list: new Operation<access.AuditListParams, access.AuditEntry>('GET', '/audit', more.auditEntry, {
      of: value,
      actor: value,
      action: value,
      object: value,
      createdAfter: timeParam,
      createdBefore: timeParam,
      ...pages,
    }),
  },

  carriers: {
    list: new Operation('GET', '/carriers', shapes.carrier),
    pause: new Operation('POST', '/carriers/{carrier}/pause', shapes.carrier),
    resume: new Operation('POST', '/carriers/{carrier}/resume', shapes.carrier),
    test: new Operation<operator.CarrierTestParams, operator.CarrierTest>(
      'POST',
      '/carriers/{carrier}/test',
      more.carrierTest,
      { to: value },
    ),
  },

  routes: {
    explain: new Operation<operator.RouteExplainParams, operator.RoutePlan>('GET', '/routes/explain', more.routePlan, {
      to: value,
      channels: value,
    }),
  },

  instance: {
    get: new Operation('GET', '/instance', more.instance),
  },

  accounts: {
    list: new Operation<operator.AccountListParams, operator.AccountSummary>('GET', '/accounts', more.accountSummary, {
      search: value,
      ...pages,
    }),
    create: new Operation<operator.AccountCreateParams, operator.CreatedAccount>(
      'POST',
      '/accounts',
      more.createdAccount,
      { name: value, credits: value },
    ),
    addCredits: new Operation<operator.AccountCreditsParams, account.Balance>(
      'POST',
      '/accounts/{account_id}/credits',
      shapes.balance,
      { credits: value },
    ),
  },

  lookup: new Operation('GET', '/lookup/{number}', shapes.lookup),

  explainNumber: new Operation('GET', '/lookup/{number}/explain', shapes.numberReport),

  account: {
    get: new Operation('GET', '/account', shapes.accountSettings),
    update: new Operation<account.AccountUpdateParams, account.Account>('PATCH', '/account', shapes.accountSettings, {
      name: value,
      defaultLocale: value,
      origin: value,
      appHash: value,
      from: value,
      onUnknown: value,
      maskNumbers: value,
      smartEncoding: value,
      creditsLow: value,
      spendCapHour: value,
      spendCapDay: value,
      spendCapCountries: value,
      optOutBlocksOtp: value,
      optOutReplies: value,
      helpText: value,
    }),
  },

  sandbox: {
    messages: new Operation<messages.SandboxMessagesParams, messages.SandboxMessage>(
      'GET',
      '/sandbox/messages',
      shapes.sandboxMessage,
      { to: value, limit: value },
    ),
    clock: new Operation<messages.SandboxClockParams, messages.SandboxClock>(
      'POST',
      '/sandbox/clock',
      shapes.sandboxClock,
      { advance: secondsText, reset: value },
    ),
    forceOutcome: new Operation<messages.ForceOutcomeParams, messages.Message>(
      'POST',
      '/sandbox/messages/{message_id}/outcome',
      shapes.message,
      { status: value, reason: value },
    ),
    clear: new Operation<messages.SandboxClearParams, messages.ClearedInbox>(
      'DELETE',
      '/sandbox/messages',
      shapes.clearedInbox,
      { to: value },
    ),
  },
};
