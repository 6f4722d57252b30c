package me.syssecure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Hides keys and phone numbers in texts that people read. */
final class Mask {
    /** A number in E.164 format, also percent-encoded as in a path; its first and last two digits stay. */
    private static final Pattern NUMBER =
            Pattern.compile("(\\+|%2B)([0-9]{2})[0-9]{3,11}([0-9]{2})(?![0-9])", Pattern.CASE_INSENSITIVE);

    private static final int SHOWN_OF_KEY = 8;

    private Mask() {}

    /** The text with {@code +32…56} in place of each number. */
    static String numbers(String text) {
        return text == null ? null : NUMBER.matcher(text).replaceAll("$1$2…$3");
    }

    /** The text without numbers and without the key. */
    static String text(String text, String key) {
        return text == null ? null : numbers(text.replace(key, "sk_…"));
    }

    /** Masks every text in a value of decoded JSON. */
    static Object value(Object value, String key) {
        if (value instanceof String text) {
            return text(text, key);
        }

        if (value instanceof Map<?, ?> map) {
            return map(map, key);
        }

        if (value instanceof List<?> list) {
            List<Object> masked = new ArrayList<>();
            list.forEach(item -> masked.add(value(item, key)));
            return Collections.unmodifiableList(masked);
        }

        return value;
    }

    static Map<String, Object> map(Map<?, ?> map, String key) {
        Map<String, Object> masked = new LinkedHashMap<>();
        map.forEach((name, item) -> masked.put(text(String.valueOf(name), key), value(item, key)));
        return Collections.unmodifiableMap(masked);
    }

    /** The beginning of the key, by which its owner knows it. Of a key that is no longer than that, nothing. */
    static String key(String key) {
        return (key.length() > SHOWN_OF_KEY ? key.substring(0, SHOWN_OF_KEY) : "") + "…";
    }
}
