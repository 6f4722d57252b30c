package me.syssecure;

import java.util.Collection;

/** What a new key is. */
public final class KeyCreateParams extends Params {
    private KeyCreateParams(Builder builder) {
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
         * Sets your name for it, at most 64 characters.
         *
         * @param name the name
         * @return this
         */
        public Builder name(String name) {
            return set("name", name);
        }

        /**
         * Sets what it may do; only scopes that your own key has, and by default all of them.
         *
         * @param scopes the scopes
         * @return this
         */
        public Builder scopes(Collection<String> scopes) {
            return setList("scopes", scopes);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public KeyCreateParams build() {
            return new KeyCreateParams(this);
        }
    }
}
