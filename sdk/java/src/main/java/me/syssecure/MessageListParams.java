package me.syssecure;

/** Which messages to list. */
public final class MessageListParams extends Params {
    private MessageListParams(Builder builder) {
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
    public static final class Builder extends SearchBuilder<Builder> {
        private Builder() {}

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public MessageListParams build() {
            return new MessageListParams(this);
        }
    }
}
