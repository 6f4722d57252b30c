package me.syssecure;

import java.time.Instant;

/** Which texts from phones to list. */
public final class InboundListParams extends Params {
    private InboundListParams(Builder builder) {
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
    public static final class Builder extends ListBuilder<Builder> {
        private Builder() {}

        /**
         * Lists only what a phone sent.
         *
         * @param from the number of the phone in E.164 format
         * @return this
         */
        public Builder from(String from) {
            return set("from", from);
        }

        /**
         * Lists only what was sent to one of your senders.
         *
         * @param to a number, a short code or a name
         * @return this
         */
        public Builder to(String to) {
            return set("to", to);
        }

        /**
         * Lists only what was received after a time.
         *
         * @param time the time
         * @return this
         */
        public Builder receivedAfter(Instant time) {
            return setTime("received_after", time);
        }

        /**
         * Lists only what was received after a time.
         *
         * @param time the time in ISO 8601 with an offset from UTC, which is sent as it is
         * @return this
         */
        public Builder receivedAfter(String time) {
            return set("received_after", time);
        }

        /**
         * Lists only what was received before a time.
         *
         * @param time the time
         * @return this
         */
        public Builder receivedBefore(Instant time) {
            return setTime("received_before", time);
        }

        /**
         * Lists only what was received before a time.
         *
         * @param time the time in ISO 8601 with an offset from UTC, which is sent as it is
         * @return this
         */
        public Builder receivedBefore(String time) {
            return set("received_before", time);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public InboundListParams build() {
            return new InboundListParams(this);
        }
    }
}
