package me.syssecure;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A code that was sent, as {@code otp().send} and {@code otp().resend} return it.
 *
 * @param id        the id of the OTP, for the verification
 * @param status    {@code sent}: a carrier accepted the message; {@code pending}: none has yet, and the server keeps
 *     trying
 * @param channel   the channel on which a carrier accepted the message, or that is being tried
 * @param to        the number
 * @param createdAt when the code was made
 * @param expiresAt when the code expires
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record SentOtp(
        String id,
        String status,
        Channel channel,
        String to,
        Instant createdAt,
        Instant expiresAt,
        Optional<String> requestId,
        Map<String, Object> raw) implements Otp {

    static SentOtp of(Fields f) {
        return new SentOtp(
                f.text("otp_id"),
                f.text("status"),
                f.channel("channel"),
                f.text("to"),
                f.time("created_at"),
                f.time("expires_at"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("SentOtp")
                .add("id", id)
                .add("status", status)
                .add("channel", channel)
                .add("to", to)
                .add("createdAt", createdAt)
                .add("expiresAt", expiresAt)
                .toString();
    }
}
