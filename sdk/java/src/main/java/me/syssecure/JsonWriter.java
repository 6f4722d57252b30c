package me.syssecure;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes maps, iterables, strings, booleans, numbers and null as JSON. Only what must be escaped is. */
final class JsonWriter {
    private final StringBuilder out = new StringBuilder();

    private JsonWriter() {}

    /** The value as UTF-8. */
    static byte[] write(Object value) throws JsonException {
        JsonWriter writer = new JsonWriter();
        writer.value(value, 0);
        return writer.out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void value(Object value, int depth) throws JsonException {
        if (value == null || value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof CharSequence text) {
            string(text);
        } else if (value instanceof Number number) {
            number(number);
        } else if (value instanceof Map<?, ?> map) {
            object(map, enter(depth));
        } else if (value instanceof Iterable<?> items) {
            array(items, enter(depth));
        } else {
            throw new JsonException("a value of the type " + value.getClass().getName() + " cannot be written as JSON");
        }
    }

    /** The limit also ends values that contain themselves. */
    private static int enter(int depth) throws JsonException {
        if (depth == JsonReader.MAX_DEPTH) {
            throw new JsonException("a value is nested deeper than " + JsonReader.MAX_DEPTH + " levels");
        }

        return depth + 1;
    }

    private void object(Map<?, ?> map, int depth) throws JsonException {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> member : map.entrySet()) {
            if (!(member.getKey() instanceof CharSequence name)) {
                throw new JsonException("the key of a map is not a string");
            }

            out.append(separator);
            string(name);
            out.append(':');
            value(member.getValue(), depth);
            separator = ",";
        }

        out.append('}');
    }

    private void array(Iterable<?> items, int depth) throws JsonException {
        out.append('[');
        String separator = "";
        for (Object item : items) {
            out.append(separator);
            value(item, depth);
            separator = ",";
        }

        out.append(']');
    }

    private void number(Number number) throws JsonException {
        boolean exact = number instanceof Long || number instanceof Integer || number instanceof Short
                || number instanceof Byte || number instanceof BigInteger || number instanceof BigDecimal;
        if (!exact && !Double.isFinite(number.doubleValue())) {
            throw new JsonException("a number is not finite");
        }

        out.append(number);
    }

    private void string(CharSequence text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || isLoneSurrogate(text, i)) {
                        unicode(c);
                    } else {
                        out.append(c);
                    }
                }
            }
        }

        out.append('"');
    }

    /** UTF-8 has no form for half a character, so it would silently become a question mark. */
    private static boolean isLoneSurrogate(CharSequence text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }

        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }

    private void unicode(char c) {
        String hex = Integer.toHexString(c);
        out.append("\\u").append("0".repeat(4 - hex.length())).append(hex);
    }
}
