package me.syssecure;

import java.util.Map;

/** What to change in a template. */
public final class TemplateUpdateParams extends Params {
    private TemplateUpdateParams(Builder builder) {
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
         * Changes the name.
         *
         * @param name your name for it, of 1 to 100 characters
         * @return this
         */
        public Builder name(String name) {
            return set("name", name);
        }

        /**
         * Replaces all texts.
         *
         * @param translations the text in each language, by BCP 47 tag
         * @return this
         */
        public Builder translations(Map<String, String> translations) {
            return setMap("translations", translations);
        }

        /**
         * Replaces all variants for channels; {@link TemplateChannels#none} removes them.
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
        public TemplateUpdateParams build() {
            return new TemplateUpdateParams(this);
        }
    }
}
