package me.syssecure;

/** Which templates or accounts to list. */
public final class SearchListParams extends Params {
    private SearchListParams(Builder builder) {
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
         * Lists only those with a text in their name or id, of templates also in their texts.
         *
         * @param search the text
         * @return this
         */
        public Builder search(String search) {
            return set("search", search);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public SearchListParams build() {
            return new SearchListParams(this);
        }
    }
}
