package me.syssecure;

import java.util.OptionalLong;

/**
 * The sums of a report of messages and credits.
 *
 * @param messages the messages that a carrier accepted; one that was accepted on two channels counts twice
 * @param segments their SMS segments
 * @param credits  the credits charged for them, without those that were refunded
 * @param cost     what they cost the operator, in credits; only for keys with the scope {@code operator}
 */
public record UsageSums(long messages, long segments, long credits, OptionalLong cost) {
    static UsageSums of(Fields f) {
        return new UsageSums(
                f.number("messages"), f.number("segments"), f.number("credits"), f.optionalNumber("cost"));
    }

    @Override
    public String toString() {
        return new Text("UsageSums")
                .add("messages", messages)
                .add("segments", segments)
                .add("credits", credits)
                .add("cost", cost)
                .toString();
    }
}
