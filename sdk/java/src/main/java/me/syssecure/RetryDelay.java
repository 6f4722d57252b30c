package me.syssecure;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Decides how long to wait before a retry. */
final class RetryDelay {
    private static final double FIRST_MILLIS = 500;
    private static final double LONGEST_MILLIS = 8000;

    /** A server that names a longer time means never. */
    private static final long LONGEST_SECONDS = Integer.MAX_VALUE;

    private RetryDelay() {}

    /**
     * The wait before a retry.
     *
     * @param retry the number of the retry, from 1
     * @param random a number from 0 to 1
     * @param retryAfter what the server asks for
     * @param longest the longest time that the server may ask for
     * @return the wait; nothing when the server asks for more
     */
    static Optional<Duration> before(int retry, double random, Optional<Duration> retryAfter, Duration longest) {
        if (retryAfter.isPresent()) {
            return retryAfter.filter(asked -> asked.compareTo(longest) <= 0);
        }

        double full = Math.min(LONGEST_MILLIS, FIRST_MILLIS * Math.pow(2, retry - 1));
        long micros = Math.round(full * (0.5 + 0.5 * random) * 1000);
        return Optional.of(Duration.ofNanos(micros * 1000));
    }

    /** The time that a {@code Retry-After} asks for: a whole number above 0, or a date in the future, rounded up. */
    static Optional<Duration> parse(String header, Instant now) {
        String value = header.strip();
        long seconds = value.matches("[0-9]+") ? number(value) : untilDate(value, now);
        return seconds > 0 ? Optional.of(Duration.ofSeconds(Math.min(seconds, LONGEST_SECONDS))) : Optional.empty();
    }

    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return LONGEST_SECONDS;
        }
    }

    private static long untilDate(String value, Instant now) {
        try {
            Instant date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            Duration wait = Duration.between(now, date);
            return wait.getSeconds() + (wait.getNano() > 0 ? 1 : 0);
        } catch (DateTimeParseException e) {
            return 0;
        }
    }
}
