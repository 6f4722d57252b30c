package me.syssecure;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An address to which the server posts events.
 *
 * @param id             the id
 * @param url            the address
 * @param description    your description
 * @param events         the types of events that are sent to it; {@code *} for all
 * @param enabled        whether events are sent to it
 * @param disabledReason why it is disabled: {@code by_caller}, {@code gone} or {@code is_failing}
 * @param failingSince   when the first attempt after the last successful one failed
 * @param secret         the signing secret, only in the answers that create or rotate it
 * @param createdAt      when it was created
 * @param requestId      the id by which the server's logs know the request
 * @param raw            the decoded object, with the fields that this version does not know
 */
public record WebhookEndpoint(
        String id,
        String url,
        Optional<String> description,
        List<String> events,
        boolean enabled,
        Optional<String> disabledReason,
        Optional<Instant> failingSince,
        Optional<String> secret,
        Instant createdAt,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static WebhookEndpoint of(Fields f) {
        return new WebhookEndpoint(
                f.text("id"),
                f.text("url"),
                f.optionalText("description"),
                f.textList("events"),
                f.flag("enabled"),
                f.optionalText("disabled_reason"),
                f.optionalTime("failing_since"),
                f.optionalText("secret"),
                f.time("created_at"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("WebhookEndpoint")
                .add("id", id)
                .add("url", url)
                .add("description", description)
                .add("events", events)
                .add("enabled", enabled)
                .add("disabledReason", disabledReason)
                .add("failingSince", failingSince)
                .add("createdAt", createdAt)
                .toString();
    }
}
