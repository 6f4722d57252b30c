import { operations } from '../operations.js';
import type { CallOptions } from '../options.js';
import { listPages, type PagePromise } from '../page.js';
import { Resource } from '../resource.js';
import type {
  Otp,
  OtpListParams,
  OtpResendParams,
  OtpSendParams,
  OtpVerifyParams,
  SentOtp,
  Verification,
} from '../types/otp.js';

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
    return this.http.call(operations.otp.send, [], params, options);
  }

  /**
   * Checks the code that a user entered. A wrong code is no error: look at `valid`.
   *
   * @param params the `id` of the OTP and the code
   * @returns whether the code is valid, and if not, why and how many attempts remain
   * @throws NotFoundError when there is no such OTP; RateLimitError
   */
  verify(params: OtpVerifyParams, options?: CallOptions): Promise<Verification> {
    return this.http.call(operations.otp.verify, [], params, options);
  }

  /**
   * Gets an OTP with its attempts.
   *
   * @param otpId the `id` of the OTP
   * @throws NotFoundError when there is no such OTP
   */
  get(otpId: string, options?: CallOptions): Promise<Otp> {
    return this.http.call(operations.otp.get, [otpId], undefined, options);
  }

  /**
   * Lists OTPs, newest first.
   *
   * @param params filters, and the size of a page
   * @returns the first page when awaited, or all OTPs with `for await`
   */
  list(params?: OtpListParams, options?: CallOptions): PagePromise<Otp> {
    return listPages(this.http, operations.otp.list, params, options);
  }

  /**
   * Sends a pending code once more.
   *
   * @param otpId the `id` of the OTP
   * @param params the channel to send on, if it is another one
   * @throws NotFoundError when there is no such OTP; BadRequestError when it is not pending; RateLimitError
   */
  resend(otpId: string, params?: OtpResendParams, options?: CallOptions): Promise<SentOtp> {
    return this.http.call(operations.otp.resend, [otpId], params, options);
  }

  /**
   * Cancels a pending OTP. Its code is not valid any more.
   *
   * @param otpId the `id` of the OTP
   * @throws NotFoundError when there is no such OTP; BadRequestError when it is not pending
   */
  cancel(otpId: string, options?: CallOptions): Promise<Otp> {
    return this.http.call(operations.otp.cancel, [otpId], undefined, options);
  }
}
