package me.syssecure;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A report of codes sent and verified.
 *
 * @param from      the first day of the report, such as {@code 2026-04-25}
 * @param to        the last day of the report
 * @param data      a line for each group with codes, sorted by day, country, prefix, channel, carrier and
 *                  template
 * @param total     the sums of all groups
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record Conversion(
        String from,
        String to,
        List<ConversionLine> data,
        ConversionLine total,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static Conversion of(Fields f) {
        return new Conversion(
                f.text("from"),
                f.text("to"),
                f.list("data", ConversionLine::of),
                f.object("total", ConversionLine::of),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("Conversion").add("from", from).add("to", to).add("data", data).add("total", total).toString();
    }
}
