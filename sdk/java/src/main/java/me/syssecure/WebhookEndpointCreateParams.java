package me.syssecure;

import java.util.Collection;
import java.util.List;

/** A new webhook endpoint. */
public final class WebhookEndpointCreateParams extends Params {
    private WebhookEndpointCreateParams(Builder builder) {
        super(builder);
    }

    /**
     * Begins parameters.
     *
     * @param url the https URL to which events are posted
     * @return a builder
     */
    public static Builder builder(String url) {
        return new Builder().setRequired("url", url);
    }

    /** Collects the parameters. What is set to null is left out. */
    public static final class Builder extends Params.Builder<Builder> {
        private Builder() {}

        /**
         * Sets the types of events to send to it.
         *
         * @param events the types, such as {@code message.delivered}; {@code *} or none for every type
         * @return this
         */
        public Builder events(String... events) {
            return events(List.of(events));
        }

        /**
         * Sets the types of events to send to it.
         *
         * @param events the types, such as {@code message.delivered}; {@code *} or none for every type
         * @return this
         */
        public Builder events(Collection<String> events) {
            return setList("events", events);
        }

        /**
         * Sets a description for your own use.
         *
         * @param description up to 200 characters
         * @return this
         */
        public Builder description(String description) {
            return set("description", description);
        }

        /**
         * Sets whether events are sent to it from now on; true by default.
         *
         * @param enabled false to begin later
         * @return this
         */
        public Builder enabled(boolean enabled) {
            return set("enabled", enabled);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public WebhookEndpointCreateParams build() {
            return new WebhookEndpointCreateParams(this);
        }
    }
}
