package me.syssecure;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A group of a report of codes. What it is not grouped by is absent.
 *
 * @param day                the day in UTC on which the codes were sent
 * @param country            the country by ISO 3166-1 code; {@code 001} for international numbers, empty when unknown
 * @param prefix             the first digits of the number: the calling code and the next two or three digits
 * @param channel            the channel
 * @param carrier            the carrier's name in the server's configuration
 * @param template           the template's id; {@code built-in} for the built-in text, {@code other} for those that are
 *                           counted together
 * @param codes              the codes whose first message a carrier accepted
 * @param sent               the messages with codes that a carrier accepted
 * @param delivered          how many of these were delivered, by a receipt
 * @param verified           the codes that were verified
 * @param conversionRate     verified divided by codes or, when grouped by channel or carrier, by sent
 * @param medianSeconds      the median time from the creation of a code to its verification, in seconds
 * @param p95Seconds         the time within which 95 % of the verified codes were verified, in seconds
 * @param credits            the credits charged for the messages
 * @param creditsPerVerified the credits divided by the verified codes
 */
public record ConversionLine(
        Optional<String> day,
        Optional<String> country,
        Optional<String> prefix,
        Optional<Channel> channel,
        Optional<String> carrier,
        Optional<String> template,
        long codes,
        long sent,
        long delivered,
        long verified,
        OptionalDouble conversionRate,
        OptionalDouble medianSeconds,
        OptionalDouble p95Seconds,
        long credits,
        OptionalDouble creditsPerVerified) {

    static ConversionLine of(Fields f) {
        return new ConversionLine(
                f.optionalText("day"),
                f.optionalText("country"),
                f.optionalText("prefix"),
                f.optionalChannel("channel"),
                f.optionalText("carrier"),
                f.optionalText("template"),
                f.number("codes"),
                f.number("sent"),
                f.number("delivered"),
                f.number("verified"),
                f.optionalDecimal("conversion_rate"),
                f.optionalDecimal("median_seconds"),
                f.optionalDecimal("p95_seconds"),
                f.number("credits"),
                f.optionalDecimal("credits_per_verified"));
    }

    @Override
    public String toString() {
        return new Text("ConversionLine")
                .add("day", day)
                .add("country", country)
                .add("prefix", prefix)
                .add("channel", channel)
                .add("carrier", carrier)
                .add("template", template)
                .add("codes", codes)
                .add("sent", sent)
                .add("delivered", delivered)
                .add("verified", verified)
                .add("conversionRate", conversionRate)
                .add("medianSeconds", medianSeconds)
                .add("p95Seconds", p95Seconds)
                .add("credits", credits)
                .add("creditsPerVerified", creditsPerVerified)
                .toString();
    }
}
