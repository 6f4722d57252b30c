package me.syssecure;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A number that wants no messages from the account.
 *
 * @param number    the number
 * @param source    {@code keyword}: its user replied with a word such as STOP; {@code api}; {@code carrier}
 * @param keyword   the word of the reply
 * @param createdAt since when
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record OptOut(
        String number,
        String source,
        Optional<String> keyword,
        Instant createdAt,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static OptOut of(Fields f) {
        return new OptOut(
                f.text("number"),
                f.text("source"),
                f.optionalText("keyword"),
                f.time("created_at"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("OptOut")
                .add("number", number)
                .add("source", source)
                .add("keyword", keyword)
                .add("createdAt", createdAt)
                .toString();
    }
}
