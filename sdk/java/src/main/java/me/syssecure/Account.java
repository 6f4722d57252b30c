package me.syssecure;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of the account.
 *
 * @param id                the id of the account
 * @param name              the name, as the built-in texts show it
 * @param from              the sender of messages whose request names none; empty for the carrier's sender
 * @param defaultLocale     the language of messages when there is no text in the requested locale, as a BCP 47 tag
 * @param appHash           the hash of your Android app for the SMS Retriever API; empty for none
 * @param origin            the host of your site, for the line {@code @host #code}; empty for no such line
 * @param maskNumbers       whether the server shows phone numbers masked
 * @param smartEncoding     whether characters that would make an SMS longer are replaced by similar ones
 * @param onUnknown         what to do when a carrier gives no answer: {@code retry} or {@code hold}
 * @param optOutBlocksOtp   whether numbers that opted out are refused codes as well
 * @param optOutReplies     whether STOP, START and HELP are answered with a short message
 * @param helpText          the answer to HELP; empty for the built-in text
 * @param creditsLow        when the credits fall below this number, the event {@code credits.low} is sent; 0 for never
 * @param spendCapHour      the most credits that may be spent in one hour; 0 for no cap
 * @param spendCapDay       the most credits that may be spent in one day; 0 for no cap
 * @param spendCapCountries the most credits that may be spent in one day by country; {@code *} for those that are not
 *     listed
 * @param createdAt         when the account was created
 * @param requestId         the id by which the server's logs know the request
 * @param raw               the decoded object, with the fields that this version does not know
 */
public record Account(
        String id,
        String name,
        String from,
        String defaultLocale,
        String appHash,
        String origin,
        boolean maskNumbers,
        boolean smartEncoding,
        String onUnknown,
        boolean optOutBlocksOtp,
        boolean optOutReplies,
        String helpText,
        long creditsLow,
        long spendCapHour,
        long spendCapDay,
        Map<String, Long> spendCapCountries,
        Instant createdAt,
        Optional<String> requestId,
        Map<String, Object> raw) implements Result {

    static Account of(Fields f) {
        return new Account(
                f.text("id"),
                f.text("name"),
                f.text("from"),
                f.text("default_locale"),
                f.text("app_hash"),
                f.text("origin"),
                f.flag("mask_numbers"),
                f.flag("smart_encoding"),
                f.text("on_unknown"),
                f.flag("opt_out_blocks_otp"),
                f.flag("opt_out_replies"),
                f.text("help_text"),
                f.number("credits_low"),
                f.number("spend_cap_hour"),
                f.number("spend_cap_day"),
                f.numbers("spend_cap_countries"),
                f.time("created_at"),
                f.requestId(),
                f.raw());
    }

    @Override
    public String toString() {
        return new Text("Account")
                .add("id", id)
                .add("name", name)
                .add("from", from)
                .add("defaultLocale", defaultLocale)
                .add("appHash", appHash)
                .add("origin", origin)
                .add("maskNumbers", maskNumbers)
                .add("smartEncoding", smartEncoding)
                .add("onUnknown", onUnknown)
                .add("optOutBlocksOtp", optOutBlocksOtp)
                .add("optOutReplies", optOutReplies)
                .add("helpText", helpText)
                .add("creditsLow", creditsLow)
                .add("spendCapHour", spendCapHour)
                .add("spendCapDay", spendCapDay)
                .add("spendCapCountries", spendCapCountries)
                .add("createdAt", createdAt)
                .toString();
    }
}
