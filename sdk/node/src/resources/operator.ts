import { operations } from '../operations.js';
import type { CallOptions } from '../options.js';
import { type PagePromise, Resource } from '../resource.js';
import type {
  ApiKey,
  AuditEntry,
  AuditListParams,
  KeyCreateParams,
  KeyListParams,
  KeyRotateParams,
  LoggedRequest,
  RequestListParams,
} from '../types/access.js';
import type { Balance } from '../types/account.js';
import type {
  AccountCreateParams,
  AccountCreditsParams,
  AccountListParams,
  AccountSummary,
  CreatedAccount,
  Instance,
  RouteExplainParams,
  RoutePlan,
} from '../types/operator.js';

/** API keys. */
export class KeysResource extends Resource {
  /**
   * Lists the API keys of this key's mode, newest first; those that ended, too.
   *
   * @returns the first page when awaited, or all rows with `for await`
   * @throws AuthenticationError when the key lacks the scope `admin`
   */
  list(params?: KeyListParams, options?: CallOptions): PagePromise<ApiKey> {
    return this.pages(operations.keys.list, [], params, options);
  }

  /**
   * Makes an API key of the same mode. The result has its `secret`, which is shown only now: keep it.
   *
   * @throws BadRequestError when there are 100 active keys, or a scope that your own key lacks
   */
  create(params?: KeyCreateParams, options?: CallOptions): Promise<ApiKey> {
    return this.call(operations.keys.create, [], params, options);
  }

  /**
   * Makes a key that takes the place of another. The result has its `secret`, which is shown only now: keep it.
   *
   * @throws NotFoundError when there is no such key
   */
  rotate(keyId: string, params?: KeyRotateParams, options?: CallOptions): Promise<ApiKey> {
    return this.call(operations.keys.rotate, [keyId], params, options);
  }

  /**
   * Ends a key at once. A key may revoke itself.
   *
   * @throws NotFoundError when there is no such key
   */
  revoke(keyId: string, options?: CallOptions): Promise<ApiKey> {
    return this.call(operations.keys.revoke, [keyId], undefined, options);
  }
}

/** The log of requests to the API. */
export class RequestsResource extends Resource {
  /**
   * Lists requests to the API, newest first. A busy server leaves some out, and says how many.
   *
   * @returns the first page when awaited, or all rows with `for await`
   */
  list(params?: RequestListParams, options?: CallOptions): PagePromise<LoggedRequest> {
    return this.pages(operations.requests.list, [], params, options);
  }
}

/** The log of changes to the account. */
export class AuditResource extends Resource {
  /**
   * Lists the changes that were made to the account, newest first.
   *
   * @returns the first page when awaited, or all rows with `for await`
   * @throws AuthenticationError when the key lacks the scope `admin`
   */
  list(params?: AuditListParams, options?: CallOptions): PagePromise<AuditEntry> {
    return this.pages(operations.audit.list, [], params, options);
  }
}

/** How messages are routed. It is for keys with the scope `operator`. */
export class RoutesResource extends Resource {
  /**
   * Says how a message to a number would be sent now, and why. Nothing is sent.
   *
   * @throws InvalidPhoneError when it is no phone number
   */
  explain(params: RouteExplainParams, options?: CallOptions): Promise<RoutePlan> {
    return this.call(operations.routes.explain, [], params, options);
  }
}

/** The installation of the server. It is for keys with the scope `operator`. */
export class InstanceResource extends Resource {
  /**
   * Gets the version, the nodes and the load of the server.
   *
   * @throws AuthenticationError when the key lacks the scope `operator`
   */
  get(options?: CallOptions): Promise<Instance> {
    return this.call(operations.instance.get, [], undefined, options);
  }
}

/** The accounts of the server. It is for keys with the scope `operator`. */
export class AccountsResource extends Resource {
  /**
   * Lists the accounts of the server.
   *
   * @returns the first page when awaited, or all rows with `for await`
   * @throws AuthenticationError when the key lacks the scope `operator`
   */
  list(params?: AccountListParams, options?: CallOptions): PagePromise<AccountSummary> {
    return this.pages(operations.accounts.list, [], params, options);
  }

  /**
   * Makes an account. The result has its secrets, which are shown only now: keep them.
   *
   * @throws BadRequestError when the name is not valid
   */
  create(params: AccountCreateParams, options?: CallOptions): Promise<CreatedAccount> {
    return this.call(operations.accounts.create, [], params, options);
  }

  /**
   * Gives an account credits, or takes some away.
   *
   * @throws NotFoundError when there is no such account
   */
  addCredits(accountId: string, params: AccountCreditsParams, options?: CallOptions): Promise<Balance> {
    return this.call(operations.accounts.addCredits, [accountId], params, options);
  }
}
