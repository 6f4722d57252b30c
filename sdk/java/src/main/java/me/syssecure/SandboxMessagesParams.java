package me.syssecure;

/** Which messages of the sandbox to list. */
public final class SandboxMessagesParams extends Params {
    private SandboxMessagesParams(Builder builder) {
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
         * Lists only what was sent to a number.
         *
         * @param to the number in E.164 format
         * @return this
         */
        public Builder to(String to) {
            return set("to", to);
        }

        /**
         * Sets the most messages to list.
         *
         * @param limit the number of messages
         * @return this
         */
        public Builder limit(int limit) {
            return set("limit", limit);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public SandboxMessagesParams build() {
            return new SandboxMessagesParams(this);
        }
    }
}
