package me.syssecure;

/** Which deliveries to list. */
public final class DeliveryListParams extends Params {
    private DeliveryListParams(Builder builder) {
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
         * Lists only deliveries with a status.
         *
         * @param status {@code waiting}, {@code delivered} or {@code failed}
         * @return this
         */
        public Builder status(String status) {
            return set("status", status);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public DeliveryListParams build() {
            return new DeliveryListParams(this);
        }
    }
}
