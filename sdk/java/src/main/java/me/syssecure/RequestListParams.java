package me.syssecure;

/** Which requests to list. */
public final class RequestListParams extends Params {
    private RequestListParams(Builder builder) {
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
    public static final class Builder extends CreatedBuilder<Builder> {
        private Builder() {}

        /**
         * Lists only requests with this key.
         *
         * @param keyId the id of the key
         * @return this
         */
        public Builder keyId(String keyId) {
            return set("key_id", keyId);
        }

        /**
         * Lists only those with this outcome: {@code success}, {@code error}, {@code 2xx}, {@code 4xx}, {@code 5xx}
         * or a status such as {@code 429}.
         *
         * @param status the outcome
         * @return this
         */
        public Builder status(String status) {
            return set("status", status);
        }

        /**
         * Lists only those with this HTTP method.
         *
         * @param method the method
         * @return this
         */
        public Builder method(String method) {
            return set("method", method);
        }

        /**
         * Lists only this operation, such as {@code send-otp}.
         *
         * @param operation the id of the operation
         * @return this
         */
        public Builder operation(String operation) {
            return set("operation", operation);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public RequestListParams build() {
            return new RequestListParams(this);
        }
    }
}
