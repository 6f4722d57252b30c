package me.syssecure;

import java.time.Instant;

/**
 * Collects the parameters that every list has which can be restricted to a time.
 *
 * @param <B> the type of the builder
 */
public abstract class CreatedBuilder<B extends CreatedBuilder<B>> extends ListBuilder<B> {
    CreatedBuilder() {}

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
}
