package me.syssecure;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A change that somebody made to the account.
 *
 * @param id        identifies the entry
 * @param action    what was done, such as {@code key.rotated}
 * @param object    the id of what it was done to
 * @param actor     who did it
 * @param mode      {@code test} or {@code live}, when it was done in one of them
 * @param changes   the fields that were changed, without secrets
 * @param address   the address from which it was done
 * @param userAgent the User-Agent with which it was done
 * @param createdAt when it was done
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record AuditEntry(
        String id,
        String action,
        String object,
        AuditActor actor,
        Optional<String> mode,
        List<AuditChange> changes,
        Optional<String> address,
        Optional<String> userAgent,
        Instant createdAt,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static AuditEntry of(Fields f) {
        return new AuditEntry(
                f.text("id"),
                f.text("action"),
                f.text("object"),
                f.object("actor", AuditActor::of),
                f.optionalText("mode"),
                f.list("changes", AuditChange::of),
                f.optionalText("address"),
                f.optionalText("user_agent"),
                f.time("created_at"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("AuditEntry")
                .add("id", id)
                .add("action", action)
                .add("object", object)
                .add("actor", actor)
                .add("mode", mode)
                .add("changes", changes)
                .add("address", address)
                .add("userAgent", userAgent)
                .add("createdAt", createdAt)
                .toString();
    }
}
