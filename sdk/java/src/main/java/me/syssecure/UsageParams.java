package me.syssecure;

/** The days of a report of messages and credits, and its groups. */
public final class UsageParams extends Params {
    private UsageParams(Builder builder) {
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
    public static final class Builder extends PeriodBuilder<Builder> {
        private Builder() {}

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public UsageParams build() {
            return new UsageParams(this);
        }
    }
}
