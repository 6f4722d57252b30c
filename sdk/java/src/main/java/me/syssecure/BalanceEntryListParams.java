package me.syssecure;

/** Which lines of the ledger to list. */
public final class BalanceEntryListParams extends Params {
    private BalanceEntryListParams(Builder builder) {
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
         * Lists only lines of this kind.
         *
         * @param kind the kind
         * @return this
         */
        public Builder kind(String kind) {
            return set("kind", kind);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public BalanceEntryListParams build() {
            return new BalanceEntryListParams(this);
        }
    }
}
