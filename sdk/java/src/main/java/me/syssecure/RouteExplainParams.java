package me.syssecure;

import java.util.Collection;

/** Which message to explain. */
public final class RouteExplainParams extends Params {
    private RouteExplainParams(Builder builder) {
        super(builder);
    }

    /**
     * Begins parameters.
     *
     * @param to the number in E.164 format
     * @return a builder
     */
    public static Builder builder(String to) {
        return new Builder().setRequired("to", to);
    }

    /** Collects the parameters. What is set to null is left out. */
    public static final class Builder extends Params.Builder<Builder> {
        private Builder() {}

        /**
         * Sets the channels, in the order in which they would be tried.
         *
         * @param channels the channels
         * @return this
         */
        public Builder channels(Collection<Channel> channels) {
            return setList("channels", channels);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public RouteExplainParams build() {
            return new RouteExplainParams(this);
        }
    }
}
