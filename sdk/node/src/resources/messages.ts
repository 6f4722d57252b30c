import { operations } from '../operations.js';
import type { CallOptions } from '../options.js';
import { listPages, type PagePromise } from '../page.js';
import { Resource } from '../resource.js';
import type {
  InboundListParams,
  InboundMessage,
  Message,
  MessageListParams,
  SandboxClock,
  SandboxClockParams,
  SandboxMessage,
  SandboxMessagesParams,
  SentSms,
  SmsSendParams,
} from '../types/messages.js';

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
    return this.http.call(operations.sms.send, [], params, options);
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
    return this.http.call(operations.messages.get, [messageId], undefined, options);
  }

  /**
   * Lists messages, newest first.
   *
   * @param params filters, and the size of a page
   * @returns the first page when awaited, or all messages with `for await`
   */
  list(params?: MessageListParams, options?: CallOptions): PagePromise<Message> {
    return listPages(this.http, operations.messages.list, params, options);
  }

  /**
   * Cancels a scheduled message.
   *
   * @param messageId the `id` of the message
   * @throws NotFoundError when there is no such message; BadRequestError when it is not scheduled any more
   */
  cancel(messageId: string, options?: CallOptions): Promise<Message> {
    return this.http.call(operations.messages.cancel, [messageId], undefined, options);
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
    return listPages(this.http, operations.inbound.list, params, options);
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
    return listPages(this.http, operations.sandbox.messages, params, options);
  }

  /**
   * Moves the sandbox's clock forward, so that codes expire and scheduled messages are sent.
   *
   * @param params how far: `advance` in seconds, or as text such as `5m`
   * @returns the time in the sandbox
   * @throws BadRequestError with a live key
   */
  clock(params: SandboxClockParams, options?: CallOptions): Promise<SandboxClock> {
    return this.http.call(operations.sandbox.clock, [], params, options);
  }
}
