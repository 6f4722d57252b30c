import { operations } from '../operations.js';
import type { CallOptions } from '../options.js';
import { type PagePromise, Resource } from '../resource.js';
import type { Deleted } from '../types/account.js';
import type {
  ClearedInbox,
  ForceOutcomeParams,
  InboundListParams,
  InboundMessage,
  Message,
  MessageListParams,
  SandboxClearParams,
  SandboxClock,
  SandboxClockParams,
  SandboxMessage,
  SandboxMessagesParams,
  SentSms,
  SmsSendParams,
} from '../types/messages.js';
import type {
  Otp,
  OtpListParams,
  OtpResendParams,
  OtpSendParams,
  OtpVerifyParams,
  SentOtp,
  Verification,
} from '../types/otp.js';
import type {
  Preview,
  Template,
  TemplateCreateParams,
  TemplateDraftParams,
  TemplateListParams,
  TemplatePreviewParams,
  TemplateUpdateParams,
} from '../types/templates.js';

/** One-time passwords. */
export class OtpResource extends Resource {
  /**
   * Sends a code to a phone. A second send with the same purpose sends the pending code again.
   *
   * @param params whom to send it to and how; `expiresIn` and `fallback.after` are in seconds
   * @returns the OTP; keep its `id` for `verify`
   * @throws RateLimitError when it comes too soon (`otpId` is the pending OTP) or a limit is reached; InvalidPhoneError;
   * InsufficientCreditsError
   */
  send(params: OtpSendParams, options?: CallOptions): Promise<SentOtp> {
    return this.call(operations.otp.send, [], params, options);
  }

  /**
   * Checks the code that a user entered. A wrong code is no error: look at `valid`.
   *
   * @param params the `id` of the OTP and the code
   * @returns whether the code is valid, and if not, why and how many attempts remain
   * @throws NotFoundError when there is no such OTP; RateLimitError
   */
  verify(params: OtpVerifyParams, options?: CallOptions): Promise<Verification> {
    return this.call(operations.otp.verify, [], params, options);
  }

  /**
   * Gets an OTP with its attempts.
   *
   * @param otpId the `id` of the OTP
   * @throws NotFoundError when there is no such OTP
   */
  get(otpId: string, options?: CallOptions): Promise<Otp> {
    return this.call(operations.otp.get, [otpId], undefined, options);
  }

  /**
   * Lists OTPs, newest first.
   *
   * @param params filters, and the size of a page
   * @returns the first page when awaited, or all OTPs with `for await`
   */
  list(params?: OtpListParams, options?: CallOptions): PagePromise<Otp> {
    return this.pages(operations.otp.list, [], params, options);
  }

  /**
   * Sends a pending code once more.
   *
   * @param otpId the `id` of the OTP
   * @param params the channel to send on, if it is another one
   * @throws NotFoundError when there is no such OTP; BadRequestError when it is not pending; RateLimitError
   */
  resend(otpId: string, params?: OtpResendParams, options?: CallOptions): Promise<SentOtp> {
    return this.call(operations.otp.resend, [otpId], params, options);
  }

  /**
   * Cancels a pending OTP. Its code is not valid any more.
   *
   * @param otpId the `id` of the OTP
   * @throws NotFoundError when there is no such OTP; BadRequestError when it is not pending
   */
  cancel(otpId: string, options?: CallOptions): Promise<Otp> {
    return this.call(operations.otp.cancel, [otpId], undefined, options);
  }
}

/** Texts by SMS. */
export class SmsResource extends Resource {
  /**
   * Sends a text by SMS, now or at `scheduledAt`.
   *
   * @param params whom to send it to, and the text
   * @returns the message with its segments and credits
   * @throws InvalidPhoneError; InsufficientCreditsError; RateLimitError
   */
  send(params: SmsSendParams, options?: CallOptions): Promise<SentSms> {
    return this.call(operations.sms.send, [], params, options);
  }
}

/** Messages that were sent: texts, and the rounds of sending a code. */
export class MessagesResource extends Resource {
  /**
   * Gets a message with its attempts.
   *
   * @param messageId the `id` of the message
   * @throws NotFoundError when there is no such message
   */
  get(messageId: string, options?: CallOptions): Promise<Message> {
    return this.call(operations.messages.get, [messageId], undefined, options);
  }

  /**
   * Lists messages, newest first.
   *
   * @param params filters, and the size of a page
   * @returns the first page when awaited, or all messages with `for await`
   */
  list(params?: MessageListParams, options?: CallOptions): PagePromise<Message> {
    return this.pages(operations.messages.list, [], params, options);
  }

  /**
   * Cancels a scheduled message.
   *
   * @param messageId the `id` of the message
   * @throws NotFoundError when there is no such message; BadRequestError when it is not scheduled any more
   */
  cancel(messageId: string, options?: CallOptions): Promise<Message> {
    return this.call(operations.messages.cancel, [messageId], undefined, options);
  }
}

/** Messages that phones sent. */
export class InboundResource extends Resource {
  /**
   * Lists messages from phones, newest first.
   *
   * @param params filters, and the size of a page
   * @returns the first page when awaited, or all messages with `for await`
   */
  list(params?: InboundListParams, options?: CallOptions): PagePromise<InboundMessage> {
    return this.pages(operations.inbound.list, [], params, options);
  }
}

/** The sandbox of test keys: nothing is sent to real phones. */
export class SandboxResource extends Resource {
  /**
   * Lists the messages that phones of the sandbox received, newest first.
   *
   * @param params the number of the phone, and how many messages to return at most
   * @returns the messages, in one page
   * @throws BadRequestError with a live key
   */
  messages(params?: SandboxMessagesParams, options?: CallOptions): PagePromise<SandboxMessage> {
    return this.pages(operations.sandbox.messages, [], params, options);
  }

  /**
   * Moves the sandbox's clock forward, so that codes expire and scheduled messages are sent.
   *
   * @param params how far: `advance` in seconds, or as text such as `5m`
   * @returns the time in the sandbox
   * @throws BadRequestError with a live key
   */
  clock(params: SandboxClockParams, options?: CallOptions): Promise<SandboxClock> {
    return this.call(operations.sandbox.clock, [], params, options);
  }

  /**
   * Lets a message of the sandbox end as you say, as if its carrier had sent a receipt.
   *
   * @throws BadRequestError when its status cannot change any more
   */
  forceOutcome(messageId: string, params: ForceOutcomeParams, options?: CallOptions): Promise<Message> {
    return this.call(operations.sandbox.forceOutcome, [messageId], params, options);
  }

  /** Removes messages from the sandbox's inbox. Codes and messages themselves stay. */
  clear(params?: SandboxClearParams, options?: CallOptions): Promise<ClearedInbox> {
    return this.call(operations.sandbox.clear, [], params, options);
  }
}

/** Your own texts of codes, with translations. */
export class TemplatesResource extends Resource {
  /**
   * Creates a template.
   *
   * @returns the template; its `id` is the parameter `template` of `otp.send`
   * @throws BadRequestError when a text is wrong, such as one without `{{code}}`
   */
  create(params: TemplateCreateParams, options?: CallOptions): Promise<Template> {
    return this.call(operations.templates.create, [], params, options);
  }

  /**
   * Gets a template.
   *
   * @throws NotFoundError when there is no such template
   */
  get(templateId: string, options?: CallOptions): Promise<Template> {
    return this.call(operations.templates.get, [templateId], undefined, options);
  }

  /**
   * Lists templates.
   *
   * @returns the first page when awaited, or all templates with `for await`
   */
  list(params?: TemplateListParams, options?: CallOptions): PagePromise<Template> {
    return this.pages(operations.templates.list, [], params, options);
  }

  /**
   * Changes a template. What is absent stays as it is.
   *
   * @returns the template as it is now
   * @throws NotFoundError when there is no such template; BadRequestError when a text is wrong
   */
  update(templateId: string, params: TemplateUpdateParams, options?: CallOptions): Promise<Template> {
    return this.call(operations.templates.update, [templateId], params, options);
  }

  /**
   * Deletes a template.
   *
   * @throws NotFoundError when there is no such template
   */
  delete(templateId: string, options?: CallOptions): Promise<Deleted> {
    return this.call(operations.templates.delete, [templateId], undefined, options);
  }

  /**
   * Shows the messages that a template makes, without sending them.
   *
   * @param params what the texts are filled with; `expiresIn` is in seconds
   * @returns the message on each channel
   * @throws NotFoundError when there is no such template
   */
  preview(templateId: string, params?: TemplatePreviewParams, options?: CallOptions): Promise<Preview> {
    return this.call(operations.templates.preview, [templateId], params, options);
  }

  /**
   * Shows the messages that a template would make, before it is created.
   *
   * @param params the template, and what its texts are filled with; `expiresIn` is in seconds
   * @returns the message on each channel
   * @throws BadRequestError when a text is wrong
   */
  previewDraft(params: TemplateDraftParams, options?: CallOptions): Promise<Preview> {
    return this.call(operations.templates.previewDraft, [], params, options);
  }
}
