package me.syssecure;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A line of the ledger of credits.
 *
 * @param seq       its number, which counts up
 * @param kind      such as {@code grant}, {@code hold}, {@code capture}, {@code release} or {@code refund}
 * @param credits   what it added to the credits; negative for what it took
 * @param held      what it added to the held credits; negative for what it took
 * @param balance   the credits after it
 * @param messageId the message that it is about
 * @param createdAt when it was written
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record BalanceEntry(
        long seq,
        String kind,
        long credits,
        long held,
        long balance,
        Optional<String> messageId,
        Instant createdAt,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static BalanceEntry of(Fields f) {
        return new BalanceEntry(
                f.number("seq"),
                f.text("kind"),
                f.number("credits"),
                f.number("held"),
                f.number("balance"),
                f.optionalText("message_id"),
                f.time("created_at"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("BalanceEntry")
                .add("seq", seq)
                .add("kind", kind)
                .add("credits", credits)
                .add("held", held)
                .add("balance", balance)
                .add("messageId", messageId)
                .add("createdAt", createdAt)
                .toString();
    }
}
