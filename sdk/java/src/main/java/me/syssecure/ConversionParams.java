package me.syssecure;

/** The days of a report of codes, and its groups. */
public final class ConversionParams extends Params {
    private ConversionParams(Builder builder) {
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
         * Counts only codes to numbers of a country.
         *
         * @param country its ISO 3166-1 code
         * @return this
         */
        public Builder country(String country) {
            return set("country", country);
        }

        /**
         * Counts only what was sent on a channel.
         *
         * @param channel the channel
         * @return this
         */
        public Builder channel(Channel channel) {
            return setText("channel", channel);
        }

        /**
         * Counts only what was sent over a carrier.
         *
         * @param carrier its name on the server
         * @return this
         */
        public Builder carrier(String carrier) {
            return set("carrier", carrier);
        }

        /**
         * Counts only codes with a template.
         *
         * @param template its id, or {@code built-in} for the built-in text
         * @return this
         */
        public Builder template(String template) {
            return set("template", template);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public ConversionParams build() {
            return new ConversionParams(this);
        }
    }
}
