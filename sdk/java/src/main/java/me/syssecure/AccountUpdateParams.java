package me.syssecure;

import java.util.Map;

/** What to change in the settings of the account. */
public final class AccountUpdateParams extends Params {
    private AccountUpdateParams(Builder builder) {
        super(builder);
    }

    /**
     * Begins parameters.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the parameters. What is set to null is left out. */
    public static final class Builder extends Params.Builder<Builder> {
        private Builder() {}

        /**
         * Changes the name, which only a live key can do.
         *
         * @param name 1 to 100 characters
         * @return this
         */
        public Builder name(String name) {
            return set("name", name);
        }

        /**
         * Changes the sender of messages whose request names none.
         *
         * @param from a number, a short code or a name; empty for the carrier's sender
         * @return this
         */
        public Builder from(String from) {
            return set("from", from);
        }

        /**
         * Changes the language of messages when there is no text in the requested locale.
         *
         * @param defaultLocale a BCP 47 tag
         * @return this
         */
        public Builder defaultLocale(String defaultLocale) {
            return set("default_locale", defaultLocale);
        }

        /**
         * Changes the hash of your Android app for the SMS Retriever API.
         *
         * @param appHash 11 characters; empty for none
         * @return this
         */
        public Builder appHash(String appHash) {
            return set("app_hash", appHash);
        }

        /**
         * Changes the host of your site, for the line by which browsers fill in a code.
         *
         * @param origin the host; empty for no such line
         * @return this
         */
        public Builder origin(String origin) {
            return set("origin", origin);
        }

        /**
         * Changes whether the server shows phone numbers masked.
         *
         * @param maskNumbers true to mask them
         * @return this
         */
        public Builder maskNumbers(boolean maskNumbers) {
            return set("mask_numbers", maskNumbers);
        }

        /**
         * Decides whether characters that would make an SMS longer are replaced by similar ones.
         *
         * @param smartEncoding true to replace them
         * @return this
         */
        public Builder smartEncoding(boolean smartEncoding) {
            return set("smart_encoding", smartEncoding);
        }

        /**
         * Changes what to do when a carrier gives no answer.
         *
         * @param onUnknown {@code retry}: submit the message once more; {@code hold}: never submit it again
         * @return this
         */
        public Builder onUnknown(String onUnknown) {
            return set("on_unknown", onUnknown);
        }

        /**
         * Changes whether numbers that opted out are refused codes as well.
         *
         * @param optOutBlocksOtp true to refuse them
         * @return this
         */
        public Builder optOutBlocksOtp(boolean optOutBlocksOtp) {
            return set("opt_out_blocks_otp", optOutBlocksOtp);
        }

        /**
         * Changes whether STOP, START and HELP are answered with a short message.
         *
         * @param optOutReplies true to answer them
         * @return this
         */
        public Builder optOutReplies(boolean optOutReplies) {
            return set("opt_out_replies", optOutReplies);
        }

        /**
         * Changes the answer to HELP.
         *
         * @param helpText a text without line breaks; empty for the built-in text
         * @return this
         */
        public Builder helpText(String helpText) {
            return set("help_text", helpText);
        }

        /**
         * Changes the number of credits below which {@code credits.low} is sent.
         *
         * @param creditsLow the credits; 0 for never
         * @return this
         */
        public Builder creditsLow(long creditsLow) {
            return set("credits_low", creditsLow);
        }

        /**
         * Changes the most credits that may be spent in one hour.
         *
         * @param spendCapHour the credits; 0 for no cap
         * @return this
         */
        public Builder spendCapHour(long spendCapHour) {
            return set("spend_cap_hour", spendCapHour);
        }

        /**
         * Changes the most credits that may be spent in one day (UTC).
         *
         * @param spendCapDay the credits; 0 for no cap
         * @return this
         */
        public Builder spendCapDay(long spendCapDay) {
            return set("spend_cap_day", spendCapDay);
        }

        /**
         * Replaces all caps by country: the most credits that may be spent in one day on its numbers.
         *
         * @param spendCapCountries the credits by ISO 3166-1 code, {@code *} for countries that are not listed; empty
         *     for no caps
         * @return this
         */
        public Builder spendCapCountries(Map<String, Long> spendCapCountries) {
            return setMap("spend_cap_countries", spendCapCountries);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public AccountUpdateParams build() {
            return new AccountUpdateParams(this);
        }
    }
}
