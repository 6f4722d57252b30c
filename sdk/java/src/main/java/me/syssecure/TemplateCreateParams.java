package me.syssecure;

import java.util.Map;

/** A new template. */
public final class TemplateCreateParams extends Params {
    private TemplateCreateParams(Builder builder) {
        super(builder);
    }

    /**
     * Begins parameters.
     *
     * @param name         your name for it, of 1 to 100 characters
     * @param translations the text in each language, by BCP 47 tag
     * @return a builder
     */
    public static Builder builder(String name, Map<String, String> translations) {
        return new Builder()
                .setRequired("name", name)
                .setMap("translations", Checks.given("translations", translations));
    }

    /** Collects the parameters. What is set to null is left out. */
    public static final class Builder extends Params.Builder<Builder> {
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
        public TemplateCreateParams build() {
            return new TemplateCreateParams(this);
        }
    }
}
