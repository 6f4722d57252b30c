package me.syssecure;

import java.util.Map;

/** A template that is not saved yet, and what its preview shows. */
public final class TemplatePreviewDraftParams extends Params {
    private TemplatePreviewDraftParams(Builder builder) {
        super(builder);
    }

    /**
     * Begins parameters.
     *
     * @param translations the text in each language, by BCP 47 tag
     * @return a builder
     */
    public static Builder builder(Map<String, String> translations) {
        return new Builder().setMap("translations", Checks.given("translations", translations));
    }

    /** Collects the parameters. What is set to null is left out. */
    public static final class Builder extends SampleBuilder<Builder> {
        private Builder() {}

        /**
         * Sets variants for channels that need another text.
         *
         * @param channels the variants
         * @return this
         */
        public Builder channels(TemplateChannels channels) {
            return set("channels", channels == null ? null : channels.fields());
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public TemplatePreviewDraftParams build() {
            return new TemplatePreviewDraftParams(this);
        }
    }
}
