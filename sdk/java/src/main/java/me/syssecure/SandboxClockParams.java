package me.syssecure;

import java.time.Duration;

/** How to move the clock of the sandbox. */
public final class SandboxClockParams extends Params {
    private SandboxClockParams(Builder builder) {
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
         * Moves the clock forward; 0 seconds continue a move that was not done.
         *
         * @param time whole seconds; at most 720 hours in total
         * @return this
         */
        public Builder advance(Duration time) {
            return advance(time == null ? null : Checks.seconds("advance", time) + "s");
        }

        /**
         * Moves the clock forward; 0 seconds continue a move that was not done.
         *
         * @param seconds the time in seconds
         * @return this
         */
        public Builder advance(long seconds) {
            return advance(seconds + "s");
        }

        /**
         * Moves the clock forward; 0 seconds continue a move that was not done.
         *
         * @param time the time as the API writes it, such as {@code 301s} or {@code 5m}
         * @return this
         */
        public Builder advance(String time) {
            return set("advance", time);
        }

        /**
         * Ends everything that is pending in the sandbox, and sets its clock back to real time before it is advanced.
         *
         * @param reset true to reset it
         * @return this
         */
        public Builder reset(boolean reset) {
            return set("reset", reset);
        }

        /**
         * Ends the parameters.
         *
         * @return the parameters
         */
        public SandboxClockParams build() {
            return new SandboxClockParams(this);
        }
    }
}
