package me.syssecure;

/** Which part of a list to return. */
public final class ListParams extends Params {
    private ListParams(Builder builder) {
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
         * Ends the parameters.
         *
         * @return the parameters
         */
        public ListParams build() {
            return new ListParams(this);
        }
    }
}
