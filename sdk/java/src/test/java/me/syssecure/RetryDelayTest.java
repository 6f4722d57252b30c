package me.syssecure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Waits between attempts; the vectors of the conformance suite have the rest. */
final class RetryDelayTest {
    private static final Instant NOW = Instant.parse("2026-11-22T21:00:00.250Z");
    private static final Duration TEN = Duration.ofSeconds(10);

    @ParameterizedTest
    @CsvSource({"1, 0.0, 250", "1, 1.0, 500", "2, 0.5, 750", "5, 0.999, 7996", "6, 0.0, 4000", "5000, 1.0, 8000"})
    void formula(int retry, double random, long millis) {
        assertEquals(millis, RetryDelay.before(retry, random, Optional.empty(), TEN).orElseThrow().toMillis());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "1 | 1", " 2 | 2", "007 | 7", "99999999999999999999 | 2147483647",
        "Sun, 22 Nov 2026 21:00:03 GMT | 3", "Sun, 22 Nov 2026 21:00:01 GMT | 1",
    })
    void valid(String header, long seconds) {
        assertEquals(Optional.of(Duration.ofSeconds(seconds)), RetryDelay.parse(header, NOW));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "0", "-5", "+5", "1.5", "1e3", "0x10", "120junk", "NaN", "\u0665", "soon",
        "Sun, 22 Nov 2026 21:00:00 GMT", "Mon, 22 Nov 2026 21:00:03 GMT", "Wed, 09 Jun 2021 10:18:14 GMT",
    })
    void invalid(String header) {
        assertTrue(RetryDelay.parse(header, NOW).isEmpty());
    }

    @Test
    void moreThanTheLongestIsNotWaitedFor() {
        assertEquals(Optional.of(TEN), RetryDelay.before(1, 0, Optional.of(TEN), TEN));
        assertTrue(RetryDelay.before(1, 0, Optional.of(TEN.plusSeconds(1)), TEN).isEmpty());
    }
}
