package me.syssecure;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A code with its attempts, as {@code otp().get}, {@code list} and {@code cancel} return it.
 *
 * @param id                the id of the OTP
 * @param status            {@code pending}, {@code sent}, {@code delivered}, {@code verified}, {@code expired},
 *     {@code failed} or {@code canceled}
 * @param channel           the channel on which a carrier accepted the message, or that is being tried
 * @param to                the number
 * @param createdAt         when the code was made
 * @param expiresAt         when the code expires
 * @param verifiedAt        when the code was verified
 * @param purpose           the purpose in the send
 * @param attemptsRemaining how many more codes can be tried
 * @param testNumber        whether the number is one of the server's test numbers, to which no message is sent
 * @param metadata          the metadata of the send, unchanged
 * @param attempts          the attempts, oldest first
 * @param requestId         the id by which the server's logs know the request
 * @param raw               the decoded object, with the fields that this version does not know
 */
public record OtpDetails(
        String id,
        String status,
        Channel channel,
        String to,
        Instant createdAt,
        Instant expiresAt,
        Optional<Instant> verifiedAt,
        Optional<String> purpose,
        long attemptsRemaining,
        boolean testNumber,
        Map<String, Object> metadata,
        List<Attempt> attempts,
        Optional<String> requestId,
        Map<String, Object> raw) implements Otp {

    static OtpDetails of(Fields f) {
        return new OtpDetails(
                f.text("otp_id"),
                f.text("status"),
                f.channel("channel"),
                f.text("to"),
                f.time("created_at"),
                f.time("expires_at"),
                f.optionalTime("verified_at"),
                f.optionalText("purpose"),
                f.number("attempts_remaining"),
                f.flag("test_number"),
                f.map("metadata"),
                f.list("attempts", Attempt::of),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("OtpDetails")
                .add("id", id)
                .add("status", status)
                .add("channel", channel)
                .add("to", to)
                .add("createdAt", createdAt)
                .add("expiresAt", expiresAt)
                .add("verifiedAt", verifiedAt)
                .add("purpose", purpose)
                .add("attemptsRemaining", attemptsRemaining)
                .add("testNumber", testNumber)
                .add("attempts", attempts)
                .toString();
    }
}
