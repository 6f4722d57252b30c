package me.syssecure;

import java.time.Duration;

/** Checks of options that the client and a single call have in common. */
final class Checks {
    /** Longer times overflow the timers of the platform. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private Checks() {}

    static Duration timeout(String name, Duration timeout) {
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST) > 0) {
            throw new ConfigurationException(name + " must be above 0 and at most a year");
        }

        return timeout;
    }

    static Duration notNegative(String name, Duration duration) {
        if (duration.isNegative()) {
            throw new ConfigurationException(name + " must not be negative");
        }

        return duration;
    }

    static int notNegative(String name, int number) {
        if (number < 0) {
            throw new ConfigurationException(name + " must not be negative");
        }

        return number;
    }

    static <T> T given(String name, T value) {
        if (value == null) {
            throw new ConfigurationException(name + " is null");
        }

        return value;
    }

    /** A whole number of seconds, as the API counts. */
    static long seconds(String name, Duration duration) {
        if (duration.getNano() != 0) {
            throw new ConfigurationException(name + " must be whole seconds, and " + duration + " is not");
        }

        return duration.getSeconds();
    }
}
