package me.syssecure;

import java.util.Map;
import java.util.Optional;

/**
 * How many messages were removed from the inbox.
 *
 * @param cleared   their number
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record ClearedInbox(long cleared, Optional<String> requestId, Map<String, Object> raw) implements Result {
    static ClearedInbox of(Fields f) {
        return new ClearedInbox(f.number("cleared"), f.requestId(), f.raw());
    }

    @Override
    public String toString() {
        return new Text("ClearedInbox").add("cleared", cleared).toString();
    }
}
