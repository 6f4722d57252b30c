package me.syssecure;

/** Which opt-outs to list. */
public final class OptOutListParams extends Params {
    private OptOutListParams(Builder builder) {
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
         * Lists only the opt-out of a number.
         *
         * @param to the number in E.164 format
         * @return this
         */
        public Builder to(String to) {
            return set("to", to);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public OptOutListParams build() {
            return new OptOutListParams(this);
        }
    }
}
