package me.syssecure;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * An account of the server, as its operator sees it.
 *
 * @param id        identifies the account
 * @param name      its name
 * @param credits   the credits that it can spend
 * @param held      the credits held for messages in progress
 * @param createdAt when it was made
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record AccountSummary(
        String id,
        String name,
        long credits,
        long held,
        Instant createdAt,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static AccountSummary of(Fields f) {
        return new AccountSummary(
                f.text("id"),
                f.text("name"),
                f.number("credits"),
                f.number("held"),
                f.time("created_at"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("AccountSummary")
                .add("id", id)
                .add("name", name)
                .add("credits", credits)
                .add("held", held)
                .add("createdAt", createdAt)
                .toString();
    }
}
