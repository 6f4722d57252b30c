package me.syssecure;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a carrier's test found.
 *
 * @param carrier   the carrier's name
 * @param ok        whether everything works
 * @param checks    the steps, in their order
 * @param tookMs    how long it took, in milliseconds
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record CarrierTest(
        String carrier,
        boolean ok,
        List<CarrierCheck> checks,
        long tookMs,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static CarrierTest of(Fields f) {
        return new CarrierTest(
                f.text("carrier"),
                f.flag("ok"),
                f.list("checks", CarrierCheck::of),
                f.number("took_ms"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("CarrierTest")
                .add("carrier", carrier)
                .add("ok", ok)
                .add("checks", checks)
                .add("tookMs", tookMs)
                .toString();
    }
}
