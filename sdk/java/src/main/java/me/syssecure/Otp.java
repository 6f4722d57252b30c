package me.syssecure;

import java.time.Instant;

/** A one-time password: {@link SentOtp} after a send, {@link OtpDetails} when it is looked up. */
public sealed interface Otp extends Result permits SentOtp, OtpDetails {
    /**
     * Returns the id, for the verification.
     *
     * @return the id of the OTP
     */
    String id();

    /**
     * Returns what became of the code.
     *
     * @return the status; later servers may have more of them
     */
    String status();

    /**
     * Returns the channel on which a carrier accepted the message, or that is being tried.
     *
     * @return the channel
     */
    Channel channel();

    /**
     * Returns the number to which the code was sent.
     *
     * @return the number in E.164 format
     */
    String to();

    /**
     * Returns when the code was made.
     *
     * @return the time
     */
    Instant createdAt();

    /**
     * Returns when the code expires.
     *
     * @return the time
     */
    Instant expiresAt();
}
