package me.syssecure;

import java.time.Duration;
import java.util.Map;

/**
 * The options of a client, checked.
 *
 * @param baseUrl        with {@code /v2}, without a slash at the end
 * @param isDefaultUrl   whether it is the one that is used when the caller names none
 * @param headers        sent with every request, names compared without regard to case
 */
record Config(
        String apiKey,
        String baseUrl,
        boolean isDefaultUrl,
        Duration timeout,
        int maxRetries,
        Duration maxRetryAfter,
        Map<String, String> headers,
        System.Logger logger,
        Machine machine) {

    /** Most of those who reach the default server by mistake have one of their own. */
    String selfHostedHint() {
        return isDefaultUrl
                ? ". Self-hosted? Set baseUrl or SYSSECURE_BASE_URL to the address of your server."
                : "";
    }

    @Override
    public String toString() {
        return "apiKey=" + Mask.key(apiKey) + ", baseUrl=" + baseUrl;
    }
}
