package me.syssecure;

import java.time.Instant;
import java.util.Optional;

/**
 * Something that happened with a number.
 *
 * @param at          when it happened
 * @param kind        such as {@code request}, {@code refusal}, {@code attempt}, {@code receipt}, {@code
 *     check}, {@code result}, {@code opt_out} or {@code limit}
 * @param text        what happened, in plain words
 * @param otpId       the code that it is about
 * @param messageId   the message that it is about
 * @param carrier     the carrier, by its name on the server
 * @param channel     the channel
 * @param carrierCode the carrier's own code for it
 */
public record NumberFinding(
        Instant at,
        String kind,
        String text,
        Optional<String> otpId,
        Optional<String> messageId,
        Optional<String> carrier,
        Optional<Channel> channel,
        Optional<String> carrierCode) {

    static NumberFinding of(Fields f) {
        return new NumberFinding(
                f.time("at"),
                f.text("kind"),
                f.text("text"),
                f.optionalText("otp_id"),
                f.optionalText("message_id"),
                f.optionalText("carrier"),
                f.optionalChannel("channel"),
                f.optionalText("carrier_code"));
    }

    @Override
    public String toString() {
        return new Text("NumberFinding")
                .add("at", at)
                .add("kind", kind)
                .add("text", text)
                .add("otpId", otpId)
                .add("messageId", messageId)
                .add("carrier", carrier)
                .add("channel", channel)
                .add("carrierCode", carrierCode)
                .toString();
    }
}
