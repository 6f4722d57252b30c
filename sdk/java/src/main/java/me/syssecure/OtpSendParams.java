package me.syssecure;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What to send in a code: the number, the channels and how long it is valid. */
public final class OtpSendParams extends Params {
    private OtpSendParams(Builder builder) {
        super(builder);
    }

    /**
     * Begins parameters.
     *
     * @param to the number in E.164 format, such as {@code +32470123456}
     * @return a builder
     */
    public static Builder builder(String to) {
        return new Builder().setRequired("to", to);
    }

    /** Collects the parameters. What is set to null is left out. */
    public static final class Builder extends Params.Builder<Builder> {
        private Builder() {}

        /**
         * Sets the channels to try, in this order. The API requires at least one.
         *
         * @param channels the channels
         * @return this
         */
        public Builder channels(Channel... channels) {
            return channels(List.of(channels));
        }

        /**
         * Sets the channels to try, in this order. The API requires at least one.
         *
         * @param channels the channels
         * @return this
         */
        public Builder channels(Collection<Channel> channels) {
            return setList("channels", channels);
        }

        /**
         * Sets how long the code is valid; 300 seconds by default.
         *
         * @param time whole seconds, from 1 second to 1 hour
         * @return this
         */
        public Builder expiresIn(Duration time) {
            return setSeconds("expires_in", time);
        }

        /**
         * Sets how long the code is valid; 300 seconds by default.
         *
         * @param seconds the time in seconds, from 1 to 3600
         * @return this
         */
        public Builder expiresIn(long seconds) {
            return set("expires_in", seconds);
        }

        /**
         * Sets the number of digits of the code; 6 by default.
         *
         * @param length the number, from 4 to 10
         * @return this
         */
        public Builder length(int length) {
            return set("length", length);
        }

        /**
         * Sets the language of the message. The nearest available one is used.
         *
         * @param locale a BCP 47 tag, such as {@code en}
         * @return this
         */
        public Builder locale(String locale) {
            return set("locale", locale);
        }

        /**
         * Sets the template of the message. Without it the built-in text is used.
         *
         * @param template the id of the template
         * @return this
         */
        public Builder template(String template) {
            return set("template", template);
        }

        /**
         * Sets what the code is for. A number has one pending code for each purpose.
         *
         * @param purpose a word of up to 64 characters, such as {@code login}
         * @return this
         */
        public Builder purpose(String purpose) {
            return set("purpose", purpose);
        }

        /**
         * Sets when to try the next channel if no receipt confirms the delivery.
         *
         * @param fallback the fallback
         * @return this
         */
        public Builder fallback(Fallback fallback) {
            return set("fallback", fallback == null ? null : fallback.fields());
        }

        /**
         * Sets whether to cancel a pending code and make a new one, instead of sending the pending one again.
         *
         * @param forceNew true for a new code
         * @return this
         */
        public Builder forceNew(boolean forceNew) {
            return set("force_new", forceNew);
        }

        /**
         * Sets the IP address of your user, which is used for limits.
         *
         * @param clientIp the address, with or without a port
         * @return this
         */
        public Builder clientIp(String clientIp) {
            return set("client_ip", clientIp);
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
        public OtpSendParams build() {
            return new OtpSendParams(this);
        }
    }
}
