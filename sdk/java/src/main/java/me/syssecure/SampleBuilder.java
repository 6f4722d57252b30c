package me.syssecure;

import java.time.Duration;
import java.util.Map;

/**
 * Collects what a preview of a template shows.
 *
 * @param <B> the type of the builder
 */
public abstract class SampleBuilder<B extends SampleBuilder<B>> extends Params.Builder<B> {
    SampleBuilder() {}

    /**
     * Sets the code to show.
     *
     * @param code 4 to 10 digits; 123456 by default
     * @return this
     */
    public B code(String code) {
        return set("code", code);
    }

    /**
     * Sets how long the code would be valid.
     *
     * @param time whole seconds, from 1 second to 1 hour
     * @return this
     */
    public B expiresIn(Duration time) {
        return setSeconds("expires_in", time);
    }

    /**
     * Sets how long the code would be valid.
     *
     * @param seconds the time in seconds, from 1 to 3600
     * @return this
     */
    public B expiresIn(long seconds) {
        return set("expires_in", seconds);
    }

    /**
     * Sets the language.
     *
     * @param locale a BCP 47 tag, such as {@code en}
     * @return this
     */
    public B locale(String locale) {
        return set("locale", locale);
    }

    /**
     * Sets the metadata for the variables of the text.
     *
     * @param metadata an object of up to 4 KB: maps, lists, strings, numbers, booleans and null
     * @return this
     */
    public B metadata(Map<String, ?> metadata) {
        return setMap("metadata", metadata);
    }
}
