package me.syssecure;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One attempt to deliver a message on one channel.
 *
 * @param channel     the channel
 * @param carrier     the carrier's name in the server's configuration
 * @param status      {@code pending}, {@code sent}, {@code delivered}, {@code read}, {@code failed}, or
 *     {@code unknown} when the carrier gave no answer
 * @param reason      why it failed: one of a fixed list of reasons
 * @param carrierCode the carrier's own error code
 * @param segments    the number of SMS segments; absent on other channels
 * @param credits     the credits charged for it
 * @param cost        what it cost the operator, in credits; only for keys with the scope {@code operator}
 * @param chosen      why it was made over this carrier
 * @param repeated    whether it was submitted again although the phone may have received it before
 * @param at          when it began
 */
public record Attempt(
        Channel channel,
        String carrier,
        String status,
        Optional<String> reason,
        Optional<String> carrierCode,
        OptionalLong segments,
        long credits,
        OptionalLong cost,
        Optional<String> chosen,
        boolean repeated,
        Instant at) {

    static Attempt of(Fields f) {
        return new Attempt(
                f.channel("channel"),
                f.text("carrier"),
                f.text("status"),
                f.optionalText("reason"),
                f.optionalText("carrier_code"),
                f.optionalNumber("segments"),
                f.number("credits"),
                f.optionalNumber("cost"),
                f.optionalText("chosen"),
                f.flag("repeated"),
                f.time("at"));
    }

    @Override
    public String toString() {
        return new Text("Attempt")
                .add("channel", channel)
                .add("carrier", carrier)
                .add("status", status)
                .add("reason", reason)
                .add("carrierCode", carrierCode)
                .add("segments", segments)
                .add("credits", credits)
                .add("cost", cost)
                .add("chosen", chosen)
                .add("repeated", repeated)
                .add("at", at)
                .toString();
    }
}
