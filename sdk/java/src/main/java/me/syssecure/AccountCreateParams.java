package me.syssecure;

/** What a new account is. */
public final class AccountCreateParams extends Params {
    private AccountCreateParams(Builder builder) {
        super(builder);
    }

    /**
     * Begins parameters.
     *
     * @param name the account's name
     * @return a builder
     */
    public static Builder builder(String name) {
        return new Builder().setRequired("name", name);
    }

    /** Collects the parameters. What is set to null is left out. */
    public static final class Builder extends Params.Builder<Builder> {
        private Builder() {}

        /**
         * Sets the credits that it begins with.
         *
         * @param credits the number of credits
         * @return this
         */
        public Builder credits(long credits) {
            return set("credits", credits);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public AccountCreateParams build() {
            return new AccountCreateParams(this);
        }
    }
}
