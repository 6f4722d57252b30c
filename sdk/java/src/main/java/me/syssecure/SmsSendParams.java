package me.syssecure;

import java.time.Instant;
import java.util.Map;

/** What to send in an SMS. */
public final class SmsSendParams extends Params {
    private SmsSendParams(Builder builder) {
        super(builder);
    }

    /**
     * Begins parameters.
     *
     * @param to   the number in E.164 format, such as {@code +32470123456}
     * @param body the text, of 1 to 1,600 characters
     * @return a builder
     */
    public static Builder builder(String to, String body) {
        return new Builder().setRequired("to", to).setRequired("body", body);
    }

    /** Collects the parameters. What is set to null is left out. */
    public static final class Builder extends Params.Builder<Builder> {
        private Builder() {}

        /**
         * Sets the sender. Without it the account's sender is used, or else the carrier's.
         *
         * @param from a number, a short code of 3 to 8 digits, or a name of 1 to 11 characters
         * @return this
         */
        public Builder from(String from) {
            return set("from", from);
        }

        /**
         * Sets when to send the message, at most 30 days ahead. Without it the message is sent now.
         *
         * @param time the time
         * @return this
         */
        public Builder scheduledAt(Instant time) {
            return setTime("scheduled_at", time);
        }

        /**
         * Sets when to send the message, at most 30 days ahead. Without it the message is sent now.
         *
         * @param time the time in ISO 8601 with an offset from UTC, which is sent as it is
         * @return this
         */
        public Builder scheduledAt(String time) {
            return set("scheduled_at", time);
        }

        /**
         * Sets the address to which the events of this message are posted.
         *
         * @param callbackUrl an https URL
         * @return this
         */
        public Builder callbackUrl(String callbackUrl) {
            return set("callback_url", callbackUrl);
        }

        /**
         * Sets data for your own use. They are returned unchanged, also in webhooks.
         *
         * @param metadata an object of up to 4 KB and 5 levels: maps, lists, strings, numbers, booleans and null
         * @return this
         */
        public Builder metadata(Map<String, ?> metadata) {
            return setMap("metadata", metadata);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public SmsSendParams build() {
            return new SmsSendParams(this);
        }
    }
}
