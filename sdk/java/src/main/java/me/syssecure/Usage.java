package me.syssecure;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A report of messages and credits.
 *
 * @param from      the first day of the report, such as {@code 2026-04-25}
 * @param to        the last day of the report
 * @param data      a line for each group with messages, sorted by day, country and channel
 * @param total     the sums of all groups
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record Usage(
        String from,
        String to,
        List<UsageLine> data,
        UsageSums total,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static Usage of(Fields f) {
        return new Usage(
                f.text("from"),
                f.text("to"),
                f.list("data", UsageLine::of),
                f.object("total", UsageSums::of),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("Usage").add("from", from).add("to", to).add("data", data).add("total", total).toString();
    }
}
