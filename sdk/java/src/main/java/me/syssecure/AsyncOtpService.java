package me.syssecure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Codes: send them, and verify what users enter. Every method returns at once. */
public final class AsyncOtpService {
    private final Requester requester;

    AsyncOtpService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Makes a code and sends it to a number. When a code is pending for the number, it is sent again.
     *
     * @param params what to send
     * @return a future of the OTP, whose id the verification needs
     */
    public CompletableFuture<SentOtp> send(OtpSendParams params) {
        return send(params, RequestOptions.none());
    }

    /**
     * Makes a code and sends it to a number. When a code is pending for the number, it is sent again.
     *
     * @param params  what to send
     * @param options options of this call
     * @return a future of the OTP, whose id the verification needs
     */
    public CompletableFuture<SentOtp> send(OtpSendParams params, RequestOptions options) {
        return requester.send(Call.of("POST", "/otp/send", SentOtp::of).withBody(params.fields()), options);
    }

    /**
     * Compares what a user entered with the code. A wrong code is not an error.
     *
     * @param otpId the id of the OTP
     * @param code  the code as the user entered it; spaces and hyphens are ignored
     * @return a future that tells whether the code was right and, if not, why
     */
    public CompletableFuture<Verification> verify(String otpId, String code) {
        return verify(otpId, code, RequestOptions.none());
    }

    /**
     * Compares what a user entered with the code. A wrong code is not an error.
     *
     * @param otpId   the id of the OTP
     * @param code    the code as the user entered it; spaces and hyphens are ignored
     * @param options options of this call
     * @return a future that tells whether the code was right and, if not, why
     */
    public CompletableFuture<Verification> verify(String otpId, String code, RequestOptions options) {
        if (otpId == null || code == null) {
            return CompletableFuture.failedFuture(new ConfigurationException("otpId and code must not be null"));
        }

        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("otp_id", otpId);
        fields.put("code", code);
        return requester.send(Call.of("POST", "/otp/verify", Verification::of).withBody(fields), options);
    }

    /**
     * Looks an OTP up.
     *
     * @param otpId the id of the OTP
     * @return a future of the OTP with its attempts
     */
    public CompletableFuture<OtpDetails> get(String otpId) {
        return get(otpId, RequestOptions.none());
    }

    /**
     * Looks an OTP up.
     *
     * @param otpId   the id of the OTP
     * @param options options of this call
     * @return a future of the OTP with its attempts
     */
    public CompletableFuture<OtpDetails> get(String otpId, RequestOptions options) {
        return requester.send(Call.of("GET", "/otp/{otp_id}", OtpDetails::of, otpId), options);
    }

    /**
     * Lists OTPs, the newest first.
     *
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<OtpDetails>> list() {
        return list(OtpListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists OTPs, the newest first.
     *
     * @param params what to list
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<OtpDetails>> list(OtpListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists OTPs, the newest first.
     *
     * @param params  what to list
     * @param options options of this call
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<OtpDetails>> list(OtpListParams params, RequestOptions options) {
        return AsyncPage.first(requester, "/otp", OtpDetails::of, params, options);
    }

    /**
     * Sends a pending code again.
     *
     * @param otpId the id of the OTP
     * @return a future of the OTP
     */
    public CompletableFuture<SentOtp> resend(String otpId) {
        return resend(otpId, OtpResendParams.builder().build(), RequestOptions.none());
    }

    /**
     * Sends a pending code again.
     *
     * @param otpId  the id of the OTP
     * @param params what to send
     * @return a future of the OTP
     */
    public CompletableFuture<SentOtp> resend(String otpId, OtpResendParams params) {
        return resend(otpId, params, RequestOptions.none());
    }

    /**
     * Sends a pending code again.
     *
     * @param otpId   the id of the OTP
     * @param params  what to send
     * @param options options of this call
     * @return a future of the OTP
     */
    public CompletableFuture<SentOtp> resend(String otpId, OtpResendParams params, RequestOptions options) {
        Call<SentOtp> call = Call.of("POST", "/otp/{otp_id}/resend", SentOtp::of, otpId).withBody(params.fields());
        return requester.send(call, options);
    }

    /**
     * Cancels an OTP, so that its code is no longer valid.
     *
     * @param otpId the id of the OTP
     * @return a future of the OTP
     */
    public CompletableFuture<OtpDetails> cancel(String otpId) {
        return cancel(otpId, RequestOptions.none());
    }

    /**
     * Cancels an OTP, so that its code is no longer valid.
     *
     * @param otpId   the id of the OTP
     * @param options options of this call
     * @return a future of the OTP
     */
    public CompletableFuture<OtpDetails> cancel(String otpId, RequestOptions options) {
        return requester.send(Call.of("POST", "/otp/{otp_id}/cancel", OtpDetails::of, otpId), options);
    }
}
