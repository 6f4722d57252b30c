package me.syssecure;

/** What a preview of a template shows. */
public final class TemplatePreviewParams extends Params {
    private TemplatePreviewParams(Builder builder) {
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
    public static final class Builder extends SampleBuilder<Builder> {
        private Builder() {}

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public TemplatePreviewParams build() {
            return new TemplatePreviewParams(this);
        }
    }
}
