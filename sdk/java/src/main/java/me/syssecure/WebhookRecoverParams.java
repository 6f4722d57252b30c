package me.syssecure;

import java.time.Instant;

/** Which events to send to an endpoint again. */
public final class WebhookRecoverParams extends Params {
    private WebhookRecoverParams(Builder builder) {
        super(builder);
    }

    /**
     * Begins parameters.
     *
     * @param since the time from which on; events are kept for 30 days
     * @return a builder
     */
    public static Builder builder(Instant since) {
        return new Builder().setTime("since", Checks.given("since", since));
    }

    /**
     * Begins parameters.
     *
     * @param since the time in ISO 8601 with an offset from UTC, which is sent as it is
     * @return a builder
     */
    public static Builder builder(String since) {
        return new Builder().setRequired("since", since);
    }

    /** Collects the parameters. What is set to null is left out. */
    public static final class Builder extends Params.Builder<Builder> {
        private Builder() {}

        /**
         * Sets until when. Without it: until now.
         *
         * @param time the time
         * @return this
         */
        public Builder until(Instant time) {
            return setTime("until", time);
        }

        /**
         * Sets until when. Without it: until now.
         *
         * @param time the time in ISO 8601 with an offset from UTC, which is sent as it is
         * @return this
         */
        public Builder until(String time) {
            return set("until", time);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public WebhookRecoverParams build() {
            return new WebhookRecoverParams(this);
        }
    }
}
