package me.syssecure;

/** How to send a pending code again. */
public final class OtpResendParams extends Params {
    private OtpResendParams(Builder builder) {
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
         * Sets the channel. Without it the channels of the last send are used.
         *
         * @param channel the channel
         * @return this
         */
        public Builder channel(Channel channel) {
            return setText("channel", channel);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public OtpResendParams build() {
            return new OtpResendParams(this);
        }
    }
}
