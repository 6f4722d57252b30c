package me.syssecure;

import java.time.Instant;
import java.util.Map;

/**
 * Collects the filters that lists of OTPs and of messages have.
 *
 * @param <B> the type of the builder
 */
abstract class SearchBuilder<B extends SearchBuilder<B>> extends ListBuilder<B> {
    SearchBuilder() {}

    /**
     * Lists only what was sent to a number.
     *
     * @param to the number in E.164 format
     * @return this
     */
    public B to(String to) {
        return set("to", to);
    }

    /**
     * Lists only what was sent on a channel.
     *
     * @param channel the channel
     * @return this
     */
    public B channel(Channel channel) {
        return setText("channel", channel);
    }

    /**
     * Lists only what was created after a time.
     *
     * @param time the time
     * @return this
     */
    public B createdAfter(Instant time) {
        return setTime("created_after", time);
    }

    /**
     * Lists only what was created after a time.
     *
     * @param time the time in ISO 8601 with an offset from UTC, which is sent as it is
     * @return this
     */
    public B createdAfter(String time) {
        return set("created_after", time);
    }

    /**
     * Lists only what was created before a time.
     *
     * @param time the time
     * @return this
     */
    public B createdBefore(Instant time) {
        return setTime("created_before", time);
    }

    /**
     * Lists only what was created before a time.
     *
     * @param time the time in ISO 8601 with an offset from UTC, which is sent as it is
     * @return this
     */
    public B createdBefore(String time) {
        return set("created_before", time);
    }

    /**
     * Lists only what has these values in its metadata.
     *
     * @param metadata the values by key
     * @return this
     */
    public B metadata(Map<String, String> metadata) {
        return setMap("metadata", metadata);
    }

    /**
     * Lists only what has a status.
     *
     * @param status the status, such as {@code delivered}
     * @return this
     */
    public B status(String status) {
        return set("status", status);
    }
}
