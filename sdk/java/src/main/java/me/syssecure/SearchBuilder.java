package me.syssecure;

import java.util.Map;

/**
 * Collects the filters that lists of OTPs and of messages have.
 *
 * @param <B> the type of the builder
 */
public abstract class SearchBuilder<B extends SearchBuilder<B>> extends CreatedBuilder<B> {
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
     * Lists only what was sent to numbers of a country.
     *
     * @param country its ISO 3166-1 code
     * @return this
     */
    public B country(String country) {
        return set("country", country);
    }

    /**
     * Lists only what was sent over a carrier.
     *
     * @param carrier its name on the server
     * @return this
     */
    public B carrier(String carrier) {
        return set("carrier", carrier);
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
