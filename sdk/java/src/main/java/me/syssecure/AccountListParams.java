package me.syssecure;

/** Which accounts to list. */
public final class AccountListParams extends Params {
    private AccountListParams(Builder builder) {
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
         * Lists only accounts with a text in their name or id.
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
        public AccountListParams build() {
            return new AccountListParams(this);
        }
    }
}
