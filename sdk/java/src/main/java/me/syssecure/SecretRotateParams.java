package me.syssecure;

import java.time.Duration;

/** How to replace a signing secret. */
public final class SecretRotateParams extends Params {
    private SecretRotateParams(Builder builder) {
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
    public static final class Builder extends Params.Builder<Builder> {
        private Builder() {}

        /**
         * Sets how long the old secret signs as well.
         *
         * @param time whole seconds
         * @return this
         */
        public Builder overlap(Duration time) {
            return setSeconds("overlap", time);
        }

        /**
         * Sets how long the old secret signs as well.
         *
         * @param seconds the time in seconds
         * @return this
         */
        public Builder overlap(long seconds) {
            return set("overlap", seconds);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public SecretRotateParams build() {
            return new SecretRotateParams(this);
        }
    }
}
