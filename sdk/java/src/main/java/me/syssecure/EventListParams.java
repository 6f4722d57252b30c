package me.syssecure;

/** Which events to list: the newest first, or those after an event. */
public final class EventListParams extends Params {
    private EventListParams(Builder builder) {
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
    public static final class Builder extends ListBuilder<Builder> {
        private Builder() {}

        /**
         * Lists the events after one, the oldest first. Iterating ends with the newest.
         *
         * @param after the id of an event, or the {@code nextCursor} of a page that was listed so
         * @return this
         */
        public Builder after(String after) {
            return set("after", after);
        }

        /**
         * Lists only events of a type; not with {@code after}.
         *
         * @param type the type, such as {@code message.delivered}
         * @return this
         */
        public Builder type(String type) {
            return set("type", type);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public EventListParams build() {
            return new EventListParams(this);
        }
    }
}
