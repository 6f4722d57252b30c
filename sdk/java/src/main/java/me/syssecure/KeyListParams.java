package me.syssecure;

/** Which API keys to list. */
public final class KeyListParams extends Params {
    private KeyListParams(Builder builder) {
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
         * Lists only keys with a status.
         *
         * @param status {@code working}, {@code active}, {@code expiring}, {@code expired} or {@code revoked}
         * @return this
         */
        public Builder status(String status) {
            return set("status", status);
        }

        /**
         * Lists only keys with a text in their name, prefix or id.
         *
         * @param search the text
         * @return this
         */
        public Builder search(String search) {
            return set("search", search);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public KeyListParams build() {
            return new KeyListParams(this);
        }
    }
}
