package me.syssecure;

/** Codes: send them, and verify what users enter. */
public final class OtpService {
    private final AsyncOtpService async;

    OtpService(AsyncOtpService async) {
        this.async = async;
    }

    /**
     * Makes a code and sends it to a number. When a code is pending for the number, it is sent again.
     *
     * @param params what to send
     * @return the OTP, whose id the verification needs
     * @throws BadRequestException          when parameters are wrong; it lists them all
     * @throws InvalidPhoneException        when the number is invalid or cannot be reached
     * @throws RateLimitException           when a limit was reached; it has the id of the OTP that is pending, if
     *     there is one
     * @throws InsufficientCreditsException when the account has too few credits
     */
    public SentOtp send(OtpSendParams params) {
        return send(params, RequestOptions.none());
    }

    /**
     * Makes a code and sends it to a number. When a code is pending for the number, it is sent again.
     *
     * @param params  what to send
     * @param options options of this call
     * @return the OTP, whose id the verification needs
     * @throws BadRequestException          when parameters are wrong; it lists them all
     * @throws InvalidPhoneException        when the number is invalid or cannot be reached
     * @throws RateLimitException           when a limit was reached; it has the id of the OTP that is pending, if
     *     there is one
     * @throws InsufficientCreditsException when the account has too few credits
     */
    public SentOtp send(OtpSendParams params, RequestOptions options) {
        return Futures.result(async.send(params, options));
    }

    /**
     * Compares what a user entered with the code. A wrong code is not an error.
     *
     * @param otpId the id of the OTP
     * @param code  the code as the user entered it; spaces and hyphens are ignored
     * @return whether the code was right and, if not, why
     * @throws NotFoundException  when there is none with this id
     * @throws RateLimitException when a limit was reached
     */
    public Verification verify(String otpId, String code) {
        return verify(otpId, code, RequestOptions.none());
    }

    /**
     * Compares what a user entered with the code. A wrong code is not an error.
     *
     * @param otpId   the id of the OTP
     * @param code    the code as the user entered it; spaces and hyphens are ignored
     * @param options options of this call
     * @return whether the code was right and, if not, why
     * @throws NotFoundException  when there is none with this id
     * @throws RateLimitException when a limit was reached
     */
    public Verification verify(String otpId, String code, RequestOptions options) {
        return Futures.result(async.verify(otpId, code, options));
    }

    /**
     * Looks an OTP up.
     *
     * @param otpId the id of the OTP
     * @return the OTP with its attempts
     * @throws NotFoundException when there is none with this id
     */
    public OtpDetails get(String otpId) {
        return get(otpId, RequestOptions.none());
    }

    /**
     * Looks an OTP up.
     *
     * @param otpId   the id of the OTP
     * @param options options of this call
     * @return the OTP with its attempts
     * @throws NotFoundException when there is none with this id
     */
    public OtpDetails get(String otpId, RequestOptions options) {
        return Futures.result(async.get(otpId, options));
    }

    /**
     * Lists OTPs, the newest first.
     *
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<OtpDetails> list() {
        return list(OtpListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists OTPs, the newest first.
     *
     * @param params what to list
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<OtpDetails> list(OtpListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists OTPs, the newest first.
     *
     * @param params  what to list
     * @param options options of this call
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<OtpDetails> list(OtpListParams params, RequestOptions options) {
        return new Page<>(Futures.result(async.list(params, options)));
    }

    /**
     * Sends a pending code again.
     *
     * @param otpId the id of the OTP
     * @return the OTP
     * @throws NotFoundException  when there is none with this id
     * @throws RateLimitException when a limit was reached
     */
    public SentOtp resend(String otpId) {
        return resend(otpId, OtpResendParams.builder().build(), RequestOptions.none());
    }

    /**
     * Sends a pending code again.
     *
     * @param otpId  the id of the OTP
     * @param params what to send
     * @return the OTP
     * @throws NotFoundException  when there is none with this id
     * @throws RateLimitException when a limit was reached
     */
    public SentOtp resend(String otpId, OtpResendParams params) {
        return resend(otpId, params, RequestOptions.none());
    }

    /**
     * Sends a pending code again.
     *
     * @param otpId   the id of the OTP
     * @param params  what to send
     * @param options options of this call
     * @return the OTP
     * @throws NotFoundException  when there is none with this id
     * @throws RateLimitException when a limit was reached
     */
    public SentOtp resend(String otpId, OtpResendParams params, RequestOptions options) {
        return Futures.result(async.resend(otpId, params, options));
    }

    /**
     * Cancels an OTP, so that its code is no longer valid.
     *
     * @param otpId the id of the OTP
     * @return the OTP
     * @throws NotFoundException when there is none with this id
     */
    public OtpDetails cancel(String otpId) {
        return cancel(otpId, RequestOptions.none());
    }

    /**
     * Cancels an OTP, so that its code is no longer valid.
     *
     * @param otpId   the id of the OTP
     * @param options options of this call
     * @return the OTP
     * @throws NotFoundException when there is none with this id
     */
    public OtpDetails cancel(String otpId, RequestOptions options) {
        return Futures.result(async.cancel(otpId, options));
    }
}
