package me.syssecure;

/**
 * Collects the parameters that every list has.
 *
 * @param <B> the type of the builder
 */
public abstract class ListBuilder<B extends ListBuilder<B>> extends Params.Builder<B> {
    ListBuilder() {}

    /**
     * Sets the most rows that one page has.
     *
     * @param limit the number of rows
     * @return this
     */
    public B limit(int limit) {
        return set("limit", limit);
    }

    /**
     * Sets where the first page begins.
     *
     * @param cursor the {@code nextCursor} of a page
     * @return this
     */
    public B cursor(String cursor) {
        return set("cursor", cursor);
    }
}
