package me.syssecure;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The fields that a request was given, by their names in the API. */
public abstract class Params {
    /** Fields that text forms leave out. */
    private static final Set<String> HIDDEN = Set.of("body", "code", "metadata", "translations");

    private final Map<String, Object> fields;

    Params(Builder<?> builder) {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(builder.fields));
    }

    Map<String, Object> fields() {
        return fields;
    }

    /** The parameters that were given, as names and values in turn; those that are null are left out. */
    static Map<String, Object> given(Object... namesAndValues) {
        Map<String, Object> given = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i + 1] != null) {
                given.put((String) namesAndValues[i], namesAndValues[i + 1]);
            }
        }

        return given;
    }

    /** Shows the fields with numbers masked, without texts, codes and metadata. */
    @Override
    public String toString() {
        Text text = new Text(getClass().getSimpleName());
        fields.forEach((name, value) -> text.add(name, HIDDEN.contains(name) || value instanceof Map ? null : value));
        return text.toString();
    }

    /**
     * Collects the fields of a request. A field that is set to null is left out.
     *
     * @param <B> the type of the builder
     */
    public abstract static class Builder<B extends Builder<B>> {
        private final Map<String, Object> fields = new LinkedHashMap<>();

        Builder() {}

        @SuppressWarnings("unchecked") // B is the type of the builder itself
        private B self() {
            return (B) this;
        }

        final B set(String name, Object value) {
            if (value == null) {
                fields.remove(name);
            } else {
                fields.put(name, value);
            }

            return self();
        }

        /** Sets a field without which there is no request. */
        final B setRequired(String name, Object value) {
            return set(name, Checks.given(name, value));
        }

        /** Sets a copy, in the caller's order. */
        final B setMap(String name, Map<String, ?> map) {
            return set(name, map == null ? null : new LinkedHashMap<>(map));
        }

        /** Sets the texts of the items, such as the names of channels. */
        final B setList(String name, Collection<?> items) {
            if (items == null) {
                return set(name, null);
            }

            Collection<String> texts = new ArrayList<>();
            items.forEach(item -> texts.add(Checks.given("an item of " + name, item).toString()));
            return set(name, texts);
        }

        /** Sets the text of a value of the platform, such as a date. */
        final B setText(String name, Object value) {
            return set(name, value == null ? null : value.toString());
        }

        /** Sets a time in UTC; the API counts in milliseconds at most. */
        final B setTime(String name, Instant time) {
            return setText(name, time == null ? null : time.truncatedTo(ChronoUnit.MILLIS));
        }

        final B setSeconds(String name, Duration time) {
            return set(name, time == null ? null : Checks.seconds(name, time));
        }
    }
}
