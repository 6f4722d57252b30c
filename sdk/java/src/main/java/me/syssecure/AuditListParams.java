package me.syssecure;

/** Which changes to list. */
public final class AuditListParams extends Params {
    private AuditListParams(Builder builder) {
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
    public static final class Builder extends CreatedBuilder<Builder> {
        private Builder() {}

        /**
         * Lists the log of the account, or of the installation, which needs the scope operator.
         *
         * @param of {@code account} or {@code installation}
         * @return this
         */
        public Builder of(String of) {
            return set("of", of);
        }

        /**
         * Lists only changes by this user or key.
         *
         * @param actor the id
         * @return this
         */
        public Builder actor(String actor) {
            return set("actor", actor);
        }

        /**
         * Lists only this action, such as {@code key.rotated}.
         *
         * @param action the action
         * @return this
         */
        public Builder action(String action) {
            return set("action", action);
        }

        /**
         * Lists only changes to this object, by its id.
         *
         * @param object the id
         * @return this
         */
        public Builder object(String object) {
            return set("object", object);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public AuditListParams build() {
            return new AuditListParams(this);
        }
    }
}
