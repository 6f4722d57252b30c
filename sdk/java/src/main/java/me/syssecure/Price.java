package me.syssecure;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a channel costs.
 *
 * @param channel   the channel
 * @param prefix    the first digits of the numbers; empty for all others
 * @param country   the ISO 3166-1 code of their country
 * @param unit      what is counted: {@code segment}, {@code message} or {@code call}
 * @param credits   the credits for one unit
 * @param cost      what a unit costs the operator; only for keys with the scope {@code operator}
 * @param requestId the id by which the server's logs know the request
 * @param raw       the decoded object, with the fields that this version does not know
 */
public record Price(
        Channel channel,
        String prefix,
        Optional<String> country,
        String unit,
        long credits,
        OptionalLong cost,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static Price of(Fields f) {
        return new Price(
                f.channel("channel"),
                f.text("prefix"),
                f.optionalText("country"),
                f.text("unit"),
                f.number("credits"),
                f.optionalNumber("cost"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("Price")
                .add("channel", channel)
                .add("prefix", prefix)
                .add("country", country)
                .add("unit", unit)
                .add("credits", credits)
                .add("cost", cost)
                .toString();
    }
}
