package me.syssecure;

/** Which test event to send. */
public final class WebhookTestParams extends Params {
    private WebhookTestParams(Builder builder) {
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
         * Sets the type of event of which an example is sent; {@code message.delivered} by default.
         *
         * @param event the type
         * @return this
         */
        public Builder event(String event) {
            return set("event", event);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public WebhookTestParams build() {
            return new WebhookTestParams(this);
        }
    }
}
