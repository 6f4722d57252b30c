package me.syssecure;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What happened with a number in the last 24 hours.
 *
 * @param number    the number
 * @param country   the ISO 3166-1 code of its country
 * @param mode      {@code test} or {@code live}
 * @param since     where the report begins
 * @param summary   all of it in one sentence
 * @param verdict   such as {@code no_request}, {@code refused}, {@code failed}, {@code waiting}, {@code
 *     delivered}, {@code verified} or {@code expired}
 * @param findings  what happened, oldest first
 * @param advice    what to do
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record NumberReport(
        String number,
        String country,
        String mode,
        Instant since,
        String summary,
        String verdict,
        List<NumberFinding> findings,
        List<String> advice,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static NumberReport of(Fields f) {
        return new NumberReport(
                f.text("number"),
                f.text("country"),
                f.text("mode"),
                f.time("since"),
                f.text("summary"),
                f.text("verdict"),
                f.list("findings", NumberFinding::of),
                f.textList("advice"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("NumberReport")
                .add("number", number)
                .add("country", country)
                .add("mode", mode)
                .add("since", since)
                .add("summary", summary)
                .add("verdict", verdict)
                .add("findings", findings)
                .add("advice", advice)
                .toString();
    }
}
