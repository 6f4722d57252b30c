package me.syssecure;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A step of a plan.
 *
 * @param channel             the channel
 * @param carrier             the carrier's name
 * @param kind                how the carrier is reached
 * @param credits             the price of a unit
 * @param unit                what is counted: {@code segment}, {@code message} or {@code call}
 * @param cost                what a unit costs the operator, if that is configured
 * @param waitSeconds         how long a receipt is waited for, or an answered call
 * @param receipts            whether the carrier sends receipts
 * @param chosen              why the step is at its place
 * @param first               the share of messages that begin with it, from 0 to 1, when carriers
 *     are chosen by their rate
 * @param timeToVerifySeconds the mean time to verify a code that came this way
 * @param state               the carrier's state
 * @param trouble             what is wrong with the carrier
 */
public record RouteStep(
        Channel channel,
        String carrier,
        Optional<String> kind,
        long credits,
        String unit,
        OptionalLong cost,
        double waitSeconds,
        boolean receipts,
        String chosen,
        OptionalDouble first,
        OptionalDouble timeToVerifySeconds,
        Optional<String> state,
        List<String> trouble) {

    static RouteStep of(Fields f) {
        return new RouteStep(
                f.channel("channel"),
                f.text("carrier"),
                f.optionalText("kind"),
                f.number("credits"),
                f.text("unit"),
                f.optionalNumber("cost"),
                f.decimal("wait_seconds"),
                f.flag("receipts"),
                f.text("chosen"),
                f.optionalDecimal("first"),
                f.optionalDecimal("time_to_verify_seconds"),
                f.optionalText("state"),
                f.textList("trouble"));
    }

    @Override
    public String toString() {
        return new Text("RouteStep")
                .add("channel", channel)
                .add("carrier", carrier)
                .add("kind", kind)
                .add("credits", credits)
                .add("unit", unit)
                .add("cost", cost)
                .add("waitSeconds", waitSeconds)
                .add("receipts", receipts)
                .add("chosen", chosen)
                .add("first", first)
                .add("timeToVerifySeconds", timeToVerifySeconds)
                .add("state", state)
                .add("trouble", trouble)
                .toString();
    }
}
