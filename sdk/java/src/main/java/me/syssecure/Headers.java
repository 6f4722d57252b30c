package me.syssecure;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Checks headers that the caller gives, before they can reach the wire. */
final class Headers {
    /** What frames a request: with another value the server would read its end wrongly, or wait for more. */
    private static final Set<String> FRAMING =
            Set.of("connection", "content-length", "expect", "host", "transfer-encoding", "upgrade");

    private Headers() {}

    /** An empty map whose names are compared without regard to case, in every locale. */
    static TreeMap<String, String> empty() {
        return new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    }

    /** A copy of the headers; a {@link ConfigurationException} when one of them may not be sent. */
    static Map<String, String> checked(Map<String, String> headers) {
        TreeMap<String, String> copy = empty();
        headers.forEach((name, value) -> {
            checkName(name);
            if (value == null) {
                throw new ConfigurationException("the value of the header " + name + " is null");
            }

            checkLine("the value of the header " + name, value);
            copy.put(name, value);
        });

        return copy;
    }

    private static void checkName(String name) {
        if (name == null || name.isEmpty()) {
            throw new ConfigurationException("the name of a header is empty");
        }

        checkLine("the name of a header", name);
        if ("Authorization".equalsIgnoreCase(name)) {
            throw new ConfigurationException("the header Authorization cannot be replaced; give the key as apiKey");
        }

        if ("Idempotency-Key".equalsIgnoreCase(name)) {
            throw new ConfigurationException("the header Idempotency-Key belongs to one call; use idempotencyKey");
        }
        if (FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
            throw new ConfigurationException("the header " + name + " cannot be set; it belongs to the connection");
        }
    }

    /** Whoever can put a line break into a header can add headers, or a second request. */
    static void checkLine(String what, String value) {
        if (value.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
            throw new ConfigurationException(what + " contains a line break or a NUL");
        }
    }

    /** An idempotency key has 1 to 255 printable ASCII characters. */
    static String checkedKey(String key) {
        if (key.isEmpty() || key.length() > 255 || !key.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new ConfigurationException("an idempotency key has 1 to 255 printable ASCII characters");
        }

        return key;
    }
}
