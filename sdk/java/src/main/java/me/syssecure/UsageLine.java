package me.syssecure;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A group of a report of messages and credits. What it is not grouped by is absent.
 *
 * @param day      the day in UTC on which the messages were created
 * @param country  the country by ISO 3166-1 code; {@code 001} for international numbers, empty when unknown
 * @param channel  the channel
 * @param messages the messages that a carrier accepted; one that was accepted on two channels counts twice
 * @param segments their SMS segments
 * @param credits  the credits charged for them, without those that were refunded
 * @param cost     what they cost the operator, in credits; only for keys with the scope {@code operator}
 */
public record UsageLine(
        Optional<String> day,
        Optional<String> country,
        Optional<Channel> channel,
        long messages,
        long segments,
        long credits,
        OptionalLong cost) {

    static UsageLine of(Fields f) {
        return new UsageLine(
                f.optionalText("day"),
                f.optionalText("country"),
                f.optionalChannel("channel"),
                f.number("messages"),
                f.number("segments"),
                f.number("credits"),
                f.optionalNumber("cost"));
    }

    @Override
    public String toString() {
        return new Text("UsageLine")
                .add("day", day)
                .add("country", country)
                .add("channel", channel)
                .add("messages", messages)
                .add("segments", segments)
                .add("credits", credits)
                .add("cost", cost)
                .toString();
    }
}
