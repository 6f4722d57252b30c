package me.syssecure;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The clock of the sandbox.
 *
 * @param now       the time in the sandbox
 * @param offset    how far the clock is ahead of real time, such as {@code 5m1s}
 * @param done      false when the clock stopped on its way: advance it by 0 seconds to continue, or reset it
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record SandboxClock(
        Instant now,
        String offset,
        boolean done,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static SandboxClock of(Fields f) {
        return new SandboxClock(f.time("now"), f.text("offset"), f.flag("done"), f.requestId(), f.raw());
    }

    @Override
    public String toString() {
        return new Text("SandboxClock").add("now", now).add("offset", offset).add("done", done).toString();
    }
}
