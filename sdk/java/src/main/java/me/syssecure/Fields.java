package me.syssecure;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * The fields of an object in an answer. A field that is absent or null has no value: null, 0, false, or an empty list,
 * map or optional. A field of another type than the one that is asked for is a {@link WrongType}.
 */
final class Fields {
    /** Names the field whose type is wrong. Never leaves the package. */
    static final class WrongType extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WrongType(String path, String wanted) {
            super("the field " + path + " is not " + wanted);
        }
    }

    private final Map<String, Object> map;
    private final String path;
    private final Optional<String> requestId;

    Fields(Map<String, Object> map, Optional<String> requestId) {
        this(map, "", requestId);
    }

    private Fields(Map<String, Object> map, String path, Optional<String> requestId) {
        this.map = map;
        this.path = path;
        this.requestId = requestId;
    }

    Optional<String> requestId() {
        return requestId;
    }

    /** The decoded object, with the fields that this version does not know. */
    Map<String, Object> raw() {
        return map;
    }

    String text(String name) {
        return get(name, String.class, "a string");
    }

    Optional<String> optionalText(String name) {
        return Optional.ofNullable(text(name));
    }

    boolean flag(String name) {
        Boolean value = get(name, Boolean.class, "true or false");
        return value != null && value;
    }

    /** A flag that must be there, because its absence would be taken for false. */
    boolean requiredFlag(String name) {
        if (map.get(name) == null) {
            throw new WrongType(path + name, "true or false");
        }

        return flag(name);
    }

    long number(String name) {
        return optionalNumber(name).orElse(0);
    }

    OptionalLong optionalNumber(String name) {
        Number value = get(name, Number.class, "a whole number");
        if (value instanceof Double || value instanceof BigInteger) {
            throw new WrongType(path + name, "a whole number of 64 bits");
        }

        return value == null ? OptionalLong.empty() : OptionalLong.of(value.longValue());
    }

    double decimal(String name) {
        return optionalDecimal(name).orElse(0);
    }

    OptionalDouble optionalDecimal(String name) {
        Number value = get(name, Number.class, "a number");
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value.doubleValue());
    }

    Instant time(String name) {
        String value = text(name);
        try {
            return value == null ? null : OffsetDateTime.parse(value).toInstant();
        } catch (DateTimeException e) {
            throw new WrongType(path + name, "a time");
        }
    }

    Optional<Instant> optionalTime(String name) {
        return Optional.ofNullable(time(name));
    }

    Channel channel(String name) {
        String value = text(name);
        return value == null ? null : Channel.of(value);
    }

    Optional<Channel> optionalChannel(String name) {
        return Optional.ofNullable(channel(name));
    }

    /** An object whose keys are the caller's own. */
    @SuppressWarnings("unchecked") // decoded objects have strings as their keys
    Map<String, Object> map(String name) {
        Map<String, Object> value = get(name, Map.class, "an object");
        return value == null ? Map.of() : value;
    }

    Map<String, String> texts(String name) {
        return values(name, String.class, "a string");
    }

    Map<String, Long> numbers(String name) {
        return values(name, Long.class, "a whole number");
    }

    private <V> Map<String, V> values(String name, Class<V> type, String wanted) {
        Map<String, V> checked = new LinkedHashMap<>();
        map(name).forEach((key, value) -> {
            if (!type.isInstance(value)) {
                throw new WrongType(path + name + "." + key, wanted);
            }
            checked.put(key, type.cast(value));
        });

        return Collections.unmodifiableMap(checked);
    }

    List<String> textList(String name) {
        List<String> checked = new ArrayList<>();
        for (Object item : list(name)) {
            if (!(item instanceof String text)) {
                throw new WrongType(path + name + "[" + checked.size() + "]", "a string");
            }
            checked.add(text);
        }

        return List.copyOf(checked);
    }

    <T> List<T> list(String name, Function<Fields, T> decode) {
        List<T> decoded = new ArrayList<>();
        for (Object item : list(name)) {
            decoded.add(decode.apply(child(item, name + "[" + decoded.size() + "]")));
        }

        return List.copyOf(decoded);
    }

    private List<?> list(String name) {
        List<?> value = get(name, List.class, "a list");
        return value == null ? List.of() : value;
    }

    /** The list of a page; without it the answer is none. */
    <T> List<T> requiredList(String name, Function<Fields, T> decode) {
        if (map.get(name) == null) {
            throw new WrongType(path + name, "a list");
        }

        return list(name, decode);
    }

    <T> T object(String name, Function<Fields, T> decode) {
        return optionalObject(name, decode).orElse(null);
    }

    <T> Optional<T> optionalObject(String name, Function<Fields, T> decode) {
        Object value = map.get(name);
        return value == null ? Optional.empty() : Optional.of(decode.apply(child(value, name)));
    }

    @SuppressWarnings("unchecked") // decoded objects have strings as their keys
    private Fields child(Object value, String name) {
        if (value instanceof Map) {
            return new Fields((Map<String, Object>) value, path + name + ".", requestId);
        }

        throw new WrongType(path + name, "an object");
    }

    private <V> V get(String name, Class<V> type, String wanted) {
        Object value = map.get(name);
        if (value != null && !type.isInstance(value)) {
            throw new WrongType(path + name, wanted);
        }

        return type.cast(value);
    }
}
