package me.syssecure;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A request to the API, without its body.
 *
 * @param id         the id of the request, as in {@code X-Request-Id}
 * @param method     the HTTP method
 * @param path       the path, with numbers masked
 * @param operation  the operation, such as {@code send-otp}
 * @param status     the HTTP status of the answer
 * @param error      the code of the error
 * @param reason     why it failed, more precisely
 * @param durationMs how long it took, in milliseconds
 * @param keyId      the id of the key
 * @param keyName    the name of the key
 * @param address    the address of the caller
 * @param userAgent  the User-Agent of the caller
 * @param replayed   whether an earlier answer was given again for the same idempotency key
 * @param sampled    how many requests before it were left out
 * @param createdAt  when it was answered
 * @param requestId  the id by which the server's logs know the request
 * @param raw        the decoded object, with the fields that this version does not know
 */
public record LoggedRequest(
        String id,
        String method,
        String path,
        Optional<String> operation,
        long status,
        Optional<String> error,
        Optional<String> reason,
        long durationMs,
        String keyId,
        Optional<String> keyName,
        String address,
        String userAgent,
        boolean replayed,
        OptionalLong sampled,
        Instant createdAt,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static LoggedRequest of(Fields f) {
        return new LoggedRequest(
                f.text("id"),
                f.text("method"),
                f.text("path"),
                f.optionalText("operation"),
                f.number("status"),
                f.optionalText("error"),
                f.optionalText("reason"),
                f.number("duration_ms"),
                f.text("key_id"),
                f.optionalText("key_name"),
                f.text("address"),
                f.text("user_agent"),
                f.flag("replayed"),
                f.optionalNumber("sampled"),
                f.time("created_at"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("LoggedRequest")
                .add("id", id)
                .add("method", method)
                .add("path", path)
                .add("operation", operation)
                .add("status", status)
                .add("error", error)
                .add("reason", reason)
                .add("durationMs", durationMs)
                .add("keyId", keyId)
                .add("keyName", keyName)
                .add("address", address)
                .add("userAgent", userAgent)
                .add("replayed", replayed)
                .add("sampled", sampled)
                .add("createdAt", createdAt)
                .toString();
    }
}
