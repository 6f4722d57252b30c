package me.syssecure;

import java.util.Map;
import java.util.Optional;

/**
 * A type of event, and what its payload holds.
 *
 * @param event       the type, such as {@code message.delivered}
 * @param description what happened
 * @param schema      the JSON Schema of the payload
 * @param example     an example of the payload
 * @param requestId   the id by which the server's logs know the request
 * @param raw         the decoded object, with the fields that this version does not know
 */
public record EventType(
        String event,
        String description,
        Map<String, Object> schema,
        Map<String, Object> example,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static EventType of(Fields f) {
        return new EventType(
                f.text("event"),
                f.text("description"),
                f.map("schema"),
                f.map("example"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("EventType").add("event", event).add("description", description).toString();
    }
}
