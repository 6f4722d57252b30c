package me.syssecure;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Options of one call. They win over those of the client. */
public final class RequestOptions {
    private static final RequestOptions NONE = builder().build();

    private final String idempotencyKey;
    private final Duration timeout;
    private final Integer maxRetries;
    private final Map<String, String> headers;

    private RequestOptions(Builder builder) {
        idempotencyKey = builder.idempotencyKey;
        timeout = builder.timeout;
        maxRetries = builder.maxRetries;
        headers = builder.headers;
    }

    /**
     * Returns no options.
     *
     * @return options that change nothing
     */
    public static RequestOptions none() {
        return NONE;
    }

    /**
     * Gives the call a key, with which it has its effect once, however often it is made within 24 hours.
     *
     * @param key 1 to 255 printable ASCII characters, such as {@code order-1042}
     * @return options with this key
     */
    public static RequestOptions idempotencyKey(String key) {
        return builder().idempotencyKey(key).build();
    }

    /**
     * Begins options.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    Optional<String> key() {
        return Optional.ofNullable(idempotencyKey);
    }

    Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    OptionalInt maxRetries() {
        return maxRetries == null ? OptionalInt.empty() : OptionalInt.of(maxRetries);
    }

    Map<String, String> headers() {
        return headers;
    }

    /** Names the options. The headers' values are left out, because they may be secrets. */
    @Override
    public String toString() {
        return new Text("RequestOptions")
                .add("idempotencyKey", idempotencyKey)
                .add("timeout", timeout)
                .add("maxRetries", maxRetries)
                .add("headers", headers.isEmpty() ? null : headers.keySet())
                .toString();
    }

    /** Collects options of one call. */
    public static final class Builder {
        private String idempotencyKey;
        private Duration timeout;
        private Integer maxRetries;
        private Map<String, String> headers = Map.of();

        private Builder() {}

        /**
         * Sets the key with which the call has its effect once. Without it every POST gets a random one.
         *
         * @param key 1 to 255 printable ASCII characters
         * @return this
         */
        public Builder idempotencyKey(String key) {
            idempotencyKey = Headers.checkedKey(Checks.given("idempotencyKey", key));
            return this;
        }

        /**
         * Sets how long one attempt may take, from its beginning to the last byte of the answer.
         *
         * @param timeout the time, above 0
         * @return this
         */
        public Builder timeout(Duration timeout) {
            this.timeout = Checks.timeout("timeout", Checks.given("timeout", timeout));
            return this;
        }

        /**
         * Sets how many attempts may follow the first.
         *
         * @param retries the number; 0 for none
         * @return this
         */
        public Builder maxRetries(int retries) {
            maxRetries = Checks.notNegative("maxRetries", retries);
            return this;
        }

        /**
         * Sets headers that are sent with the call.
         *
         * @param headers the values by name; {@code Authorization} is refused
         * @return this
         */
        public Builder headers(Map<String, String> headers) {
            this.headers = Headers.checked(Checks.given("headers", headers));
            return this;
        }

        /**
         * Ends the options.
         *
         * @return the options
         */
        public RequestOptions build() {
            return new RequestOptions(this);
        }
    }
}
