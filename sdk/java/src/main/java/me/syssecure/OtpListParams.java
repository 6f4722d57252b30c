package me.syssecure;

/** Which OTPs to list. */
public final class OtpListParams extends Params {
    private OtpListParams(Builder builder) {
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
    public static final class Builder extends SearchBuilder<Builder> {
        private Builder() {}

        /**
         * Lists only what was sent with a template.
         *
         * @param template the id of the template
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
        public OtpListParams build() {
            return new OtpListParams(this);
        }
    }
}
