package me.syssecure;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Builds text forms such as {@code Otp[id=otp_1, to=+32…56]}, with numbers masked and without what has no value. */
final class Text {
    private final StringBuilder out;
    private String separator = "[";

    Text(String name) {
        out = new StringBuilder(name);
    }

    Text add(String name, Object value) {
        Object shown = present(value);
        if (shown != null) {
            out.append(separator).append(name).append('=').append(Mask.numbers(shown.toString()));
            separator = ", ";
        }

        return this;
    }

    private static Object present(Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.orElse(null);
        }

        if (value instanceof OptionalLong number) {
            return number.isPresent() ? number.getAsLong() : null;
        }

        if (value instanceof OptionalDouble number) {
            return number.isPresent() ? number.getAsDouble() : null;
        }

        boolean isEmpty = value instanceof Collection<?> items && items.isEmpty()
                || value instanceof Map<?, ?> map && map.isEmpty();
        return isEmpty ? null : value;
    }

    @Override
    public String toString() {
        return out + (separator.equals("[") ? "[]" : "]");
    }
}
