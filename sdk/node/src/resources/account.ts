import { operations } from '../operations.js';
import type { CallOptions } from '../options.js';
import { listPages, type PagePromise } from '../page.js';
import { Resource } from '../resource.js';
import type {
  Account,
  AccountUpdateParams,
  Balance,
  Conversion,
  ConversionParams,
  OptOut,
  OptOutListParams,
  Usage,
  UsageParams,
} from '../types/account.js';

/** Numbers that receive no messages from the account. */
export class OptOutsResource extends Resource {
  /**
   * Lists numbers that opted out, newest first.
   *
   * @returns the first page when awaited, or all opt-outs with `for await`
   */
  list(params?: OptOutListParams, options?: CallOptions): PagePromise<OptOut> {
    return listPages(this.http, operations.optOuts.list, params, options);
  }

  /**
   * Opts a number out.
   *
   * @param number in E.164 format
   * @throws InvalidPhoneError when it is no phone number
   */
  put(number: string, options?: CallOptions): Promise<OptOut> {
    return this.http.call(operations.optOuts.put, [number], undefined, options);
  }

  /**
   * Removes the opt-out of a number.
   *
   * @param number in E.164 format
   * @returns the opt-out as it was
   * @throws NotFoundError when the number is not opted out
   */
  delete(number: string, options?: CallOptions): Promise<OptOut> {
    return this.http.call(operations.optOuts.delete, [number], undefined, options);
  }
}

/** The account's credits. */
export class BalanceResource extends Resource {
  /** Gets the credits that can be spent, and those that are held. */
  get(options?: CallOptions): Promise<Balance> {
    return this.http.call(operations.balance.get, [], undefined, options);
  }
}

/** Reports of messages and credits. */
export class UsageResource extends Resource {
  /**
   * Gets a report of messages and credits.
   *
   * @param params the days (UTC), such as `2026-04-25`, and what to group by
   * @throws BadRequestError when the days are too far apart
   */
  get(params?: UsageParams, options?: CallOptions): Promise<Usage> {
    return this.http.call(operations.usage.get, [], params, options);
  }
}

/** Reports of codes. */
export class AnalyticsResource extends Resource {
  /**
   * Gets a report of codes sent and verified.
   *
   * @param params the days (UTC), such as `2026-04-25`, and what to group by
   * @throws BadRequestError when the days are too far apart
   */
  conversion(params?: ConversionParams, options?: CallOptions): Promise<Conversion> {
    return this.http.call(operations.analytics.conversion, [], params, options);
  }
}

/** The settings of the account. */
export class AccountResource extends Resource {
  /** Gets the settings. */
  get(options?: CallOptions): Promise<Account> {
    return this.http.call(operations.account.get, [], undefined, options);
  }

  /**
   * Changes settings. What is absent stays as it is.
   *
   * @returns the settings as they are now
   * @throws BadRequestError when a setting is wrong
   */
  update(params: AccountUpdateParams, options?: CallOptions): Promise<Account> {
    return this.http.call(operations.account.update, [], params, options);
  }
}
