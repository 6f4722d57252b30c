package me.syssecure;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An event on its way to an endpoint.
 *
 * @param id            the id of the event, the same in all attempts
 * @param event         the type of the event, such as {@code message.delivered}
 * @param status        {@code waiting}, {@code delivered} or {@code failed}
 * @param attempts      how many attempts were made
 * @param tries         the last attempts, oldest first
 * @param createdAt     when the event happened
 * @param nextAttemptAt when the next attempt is due
 * @param requestId     the id by which the server's logs know the request
 * @param raw           the decoded object, with the fields that this version does not know
 */
public record Delivery(
        String id,
        String event,
        String status,
        long attempts,
        List<Try> tries,
        Instant createdAt,
        Optional<Instant> nextAttemptAt,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static Delivery of(Fields f) {
        return new Delivery(
                f.text("id"),
                f.text("event"),
                f.text("status"),
                f.number("attempts"),
                f.list("tries", Try::of),
                f.time("created_at"),
                f.optionalTime("next_attempt_at"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("Delivery")
                .add("id", id)
                .add("event", event)
                .add("status", status)
                .add("attempts", attempts)
                .add("tries", tries)
                .add("createdAt", createdAt)
                .add("nextAttemptAt", nextAttemptAt)
                .toString();
    }
}
