import { ConfigurationError, redactNumbers, shownKey } from './errors.js';
import { Http } from './http.js';
import { encodeBody, encodeQuery } from './operation.js';
import { operations } from './operations.js';
import { type CallOptions, type ClientOptions, readClientOptions } from './options.js';
import {
  AccountResource,
  AnalyticsResource,
  BalanceResource,
  CarriersResource,
  EventsResource,
  OptOutsResource,
  UsageResource,
  WebhookEndpointsResource,
} from './resources/account.js';
import {
  InboundResource,
  MessagesResource,
  OtpResource,
  SandboxResource,
  SmsResource,
  TemplatesResource,
} from './resources/messages.js';
import {
  AccountsResource,
  AuditResource,
  InstanceResource,
  KeysResource,
  RequestsResource,
  RoutesResource,
} from './resources/operator.js';
import { realSystem, type System } from './retry.js';
import { textForms } from './shape.js';
import type { Lookup, NumberReport } from './types/account.js';
import type { JsonObject } from './types/common.js';
import * as webhooks from './webhooks.js';

/** What `request` sends besides its method and path. */
export interface RequestParams {
  /** Sent as JSON. Without it there is no body. */
  body?: unknown;
  /** Lists are joined by commas; what is null or undefined is left out. */
  query?: Readonly<Record<string, unknown>>;
}

/** A client of a SysSecure server. It is immutable, and one is enough for a whole program. */
export class SysSecure {
  /** One-time passwords: send, verify, resend, cancel. */
  readonly otp: OtpResource;
  /** Texts by SMS. */
  readonly sms: SmsResource;
  /** Messages that were sent. */
  readonly messages: MessagesResource;
  /** Messages that phones sent. */
  readonly inbound: InboundResource;
  /** Your own texts of codes. */
  readonly templates: TemplatesResource;
  /** The addresses to which events are posted. */
  readonly webhookEndpoints: WebhookEndpointsResource;
  /** Events as the server keeps them. */
  readonly events: EventsResource;
  /** Numbers that receive no messages. */
  readonly optOuts: OptOutsResource;
  /** The account's credits. */
  readonly balance: BalanceResource;
  /** Reports of messages and credits. */
  readonly usage: UsageResource;
  /** Reports of codes. */
  readonly analytics: AnalyticsResource;
  /** API keys. */
  readonly keys: KeysResource;
  /** The log of requests to the API. */
  readonly requests: RequestsResource;
  /** The log of changes to the account. */
  readonly audit: AuditResource;
  /** What the carriers of the server do, for keys with the scope `operator`. */
  readonly carriers: CarriersResource;
  /** How messages are routed, for keys with the scope `operator`. */
  readonly routes: RoutesResource;
  /** The installation of the server, for keys with the scope `operator`. */
  readonly instance: InstanceResource;
  /** The accounts of the server, for keys with the scope `operator`. */
  readonly accounts: AccountsResource;
  /** The settings of the account. */
  readonly account: AccountResource;
  /** The sandbox of test keys. */
  readonly sandbox: SandboxResource;
  /** Verifies the webhooks that you receive. It sends nothing. */
  readonly webhooks: typeof webhooks;
  readonly #http: Http;

  /**
   * Makes a client. It sends nothing.
   *
   * @param options the key, the address of your server, and more; every duration is in seconds
   * @throws ConfigurationError when there is no key, or an option is wrong
   */
  constructor(options?: ClientOptions);
  /** @internal */
  constructor(options: ClientOptions, system: System);
  constructor(options: ClientOptions = {}, system: System = realSystem) {
    const settings = readClientOptions(options);
    const http = new Http(settings, system);
    this.#http = http;
    this.otp = new OtpResource(http);
    this.sms = new SmsResource(http);
    this.messages = new MessagesResource(http);
    this.inbound = new InboundResource(http);
    this.templates = new TemplatesResource(http);
    this.webhookEndpoints = new WebhookEndpointsResource(http);
    this.events = new EventsResource(http);
    this.optOuts = new OptOutsResource(http);
    this.balance = new BalanceResource(http);
    this.usage = new UsageResource(http);
    this.analytics = new AnalyticsResource(http);
    this.keys = new KeysResource(http);
    this.requests = new RequestsResource(http);
    this.audit = new AuditResource(http);
    this.carriers = new CarriersResource(http);
    this.routes = new RoutesResource(http);
    this.instance = new InstanceResource(http);
    this.accounts = new AccountsResource(http);
    this.account = new AccountResource(http);
    this.sandbox = new SandboxResource(http);
    this.webhooks = webhooks;

    const shown = { apiKey: shownKey(settings.apiKey), baseUrl: settings.baseUrl };
    Object.defineProperties(this, { ...textForms('SysSecure', () => shown), toJSON: { value: () => shown } });
    Object.freeze(this);
  }

  /**
   * Looks up a phone number in the numbering plans. It does not say whether the number has been assigned.
   *
   * @param number in E.164 format
   * @returns its country, its type, and how it is dialled
   * @throws InvalidPhoneError when it is no phone number
   */
  lookup(number: string, options?: CallOptions): Promise<Lookup> {
    return this.#http.call(operations.lookup, [number], undefined, options);
  }

  /**
   * Says in plain words what happened with a number in the last 24 hours, and why a code did not arrive.
   *
   * @param number in E.164 format
   * @throws InvalidPhoneError when it is no phone number
   */
  explainNumber(number: string, options?: CallOptions): Promise<NumberReport> {
    return this.#http.call(operations.explainNumber, [number], undefined, options);
  }

  /**
   * Sends a request that this version of the package has no method for, with the same key, retries and errors.
   *
   * @param method such as `GET`
   * @param path below `/v2`, such as `/otp/otp_123`, with its parts percent-encoded
   * @param params the body and the query
   * @returns the decoded JSON of the answer
   * @throws ConfigurationError when the path would leave the API
   */
  async request(
    method: string,
    path: string,
    params: RequestParams = {},
    options: CallOptions = {},
  ): Promise<JsonObject> {
    checkRequest(method, path);
    const { body, query = {} } = params;
    const below = path.replace(/^\/v2(?=\/|$)/, '');
    const message = {
      method: method.toUpperCase(),
      // The caller's path has no template, and may hold a number.
      template: redactNumbers(`/v2${below}`.replace(/%2B/gi, '+')),
      path: below + encodeQuery(query),
      body: body === undefined ? undefined : encodeBody(body),
    };
    return this.#http.request(message, options);
  }

  /** Closes the client: every later call fails. The connections belong to `fetch`, which closes those that are not used. */
  close(): void {
    this.#http.close();
  }
}

function checkRequest(method: string, path: string): void {
  if (!/^[A-Za-z]+$/.test(method)) {
    throw new ConfigurationError('the method must have letters only, such as GET');
  }
  if (!/^\/(?!\/)[\x21-\x7e]*$/.test(path) || /[\\?#]/.test(path)) {
    throw new ConfigurationError(
      'the path must begin with one / and be percent-encoded, without a query: give the query as { query: … }',
    );
  }
  // URLs take %2e for a dot, too.
  if (path.split('/').some((part) => /^(?:\.|%2e){1,2}$/i.test(part))) {
    throw new ConfigurationError('the path must not hold . or .. as a part');
  }
}
