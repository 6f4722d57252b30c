package me.syssecure;

import java.util.Map;
import java.util.Optional;

/**
 * The answer to a deletion.
 *
 * @param id        the id of what was deleted
 * @param deleted   always true
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record Deleted(
        String id,
        boolean deleted,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static Deleted of(Fields f) {
        return new Deleted(f.text("id"), f.flag("deleted"), f.requestId(), f.raw());
    }

    @Override
    public String toString() {
        return new Text("Deleted").add("id", id).add("deleted", deleted).toString();
    }
}
