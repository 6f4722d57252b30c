package me.syssecure;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * How many events are sent to an endpoint again.
 *
 * @param queued    the number of events that are sent again now
 * @param nextSince present when there are more events than one request covers: repeat the request with it as
 *     {@code since}
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record Recovery(
        long queued,
        Optional<Instant> nextSince,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static Recovery of(Fields f) {
        return new Recovery(f.number("queued"), f.optionalTime("next_since"), f.requestId(), f.raw());
    }

    @Override
    public String toString() {
        return new Text("Recovery").add("queued", queued).add("nextSince", nextSince).toString();
    }
}
