package me.syssecure;

import java.time.Duration;
import java.util.Map;

/**
 * When to try the next channel if no receipt confirms the delivery.
 *
 * @param after how long to wait for a receipt, in whole seconds, from 5 to 300
 */
public record Fallback(Duration after) {

    /**
     * Makes a fallback.
     *
     * @param after how long to wait for a receipt, in whole seconds, from 5 to 300
     */
    public Fallback {
        Checks.seconds("fallback.after", Checks.given("fallback.after", after));
    }

    /**
     * Returns a fallback after some time.
     *
     * @param after how long to wait for a receipt, in whole seconds, from 5 to 300
     * @return the fallback
     */
    public static Fallback after(Duration after) {
        return new Fallback(after);
    }

    Map<String, Object> fields() {
        return Map.of("after", after.toSeconds());
    }
}
