package me.syssecure;

import java.util.Collection;
import java.util.List;

/** What to change in a webhook endpoint. */
public final class WebhookEndpointUpdateParams extends Params {
    private WebhookEndpointUpdateParams(Builder builder) {
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
         * Changes the address.
         *
         * @param url the https URL to which events are posted
         * @return this
         */
        public Builder url(String url) {
            return set("url", url);
        }

        /**
         * Replaces the types of events to send to it.
         *
         * @param events the types, such as {@code message.delivered}; {@code *} or none for every type
         * @return this
         */
        public Builder events(String... events) {
            return events(List.of(events));
        }

        /**
         * Replaces the types of events to send to it.
         *
         * @param events the types, such as {@code message.delivered}; {@code *} or none for every type
         * @return this
         */
        public Builder events(Collection<String> events) {
            return setList("events", events);
        }

        /**
         * Changes the description.
         *
         * @param description up to 200 characters
         * @return this
         */
        public Builder description(String description) {
            return set("description", description);
        }

        /**
         * Changes whether events are sent to it.
         *
         * @param enabled false to send no more events
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
        public WebhookEndpointUpdateParams build() {
            return new WebhookEndpointUpdateParams(this);
        }
    }
}
