package me.syssecure;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * An event that happened, whether or not an endpoint wanted it.
 *
 * @param id        the id of the event
 * @param event     the type, such as {@code message.delivered}
 * @param createdAt when it happened
 * @param payload   what is posted to endpoints, decoded
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record StoredEvent(
        String id,
        String event,
        Instant createdAt,
        Map<String, Object> payload,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static StoredEvent of(Fields f) {
        return new StoredEvent(
                f.text("id"),
                f.text("event"),
                f.time("created_at"),
                f.map("payload"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("StoredEvent").add("id", id).add("event", event).add("createdAt", createdAt).toString();
    }
}
