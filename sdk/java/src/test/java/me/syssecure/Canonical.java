package me.syssecure;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;

/** Turns results and errors into the form in which all SDKs report them. */
final class Canonical {
    /** Components that are not fields of the API. */
    static final Set<String> OWN = Set.of("raw", "requestId");

    private Canonical() {}

    @SuppressWarnings("unchecked") // decoded objects have strings as their keys
    static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    /** {@code tryCount_} becomes {@code try_count}. */
    static String name(String java) {
        return java.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT).replaceAll("_$", "");
    }

    static Object requestId(Object result) {
        Optional<String> id = result instanceof Page<?> page ? page.requestId()
                : result instanceof AsyncPage<?> page ? page.requestId()
                : result instanceof Result one ? one.requestId()
                : Optional.empty();
        return id.orElse(null);
    }

    static Object value(Object value) {
        if (value instanceof Optional<?> optional) {
            return value(optional.orElse(null));
        }

        if (value instanceof OptionalLong number) {
            return number.isPresent() ? number.getAsLong() : null;
        }

        if (value instanceof OptionalDouble number) {
            return number.isPresent() ? number.getAsDouble() : null;
        }

        if (value instanceof Page<?> page) {
            return page(page.data(), page.nextCursor(), page.hasMore());
        }

        if (value instanceof AsyncPage<?> page) {
            return page(page.data(), page.nextCursor(), page.hasMore());
        }

        if (value instanceof List<?> list) {
            List<Object> items = new ArrayList<>();
            list.forEach(item -> items.add(value(item)));
            return items;
        }

        if (value instanceof Channel || value instanceof Instant) {
            return value.toString().replaceAll("(\\.[0-9]*?)0+Z$", "$1Z");
        }

        return value instanceof Record record ? record(record) : value;
    }

    private static Map<String, Object> page(List<?> data, Optional<String> cursor, boolean hasMore) {
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("data", value(data));
        page.put("next_cursor", cursor.orElse(null));
        page.put("has_more", hasMore);
        return page;
    }

    private static Map<String, Object> record(Record record) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            if (!OWN.contains(component.getName())) {
                fields.put(name(component.getName()), value(read(component, record)));
            }
        }

        return fields;
    }

    private static Object read(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    static Map<String, Object> error(Exception error) {
        Map<String, Object> fields = new LinkedHashMap<>();
        boolean isOwn = error instanceof SysSecureException;
        boolean isCancelled = error instanceof CancellationException; // what futures of the platform throw
        fields.put("type", isOwn ? name(error.getClass()) : isCancelled ? "Cancelled" : "Unexpected");
        fields.put("parents", isOwn ? parents(error.getClass()) : List.of());
        fields.put("text", String.valueOf(error.getMessage()));
        if (error instanceof ApiException api) {
            fields.put("status", api.status());
            fields.put("code", api.code());
            fields.put("message", api.message());
            fields.put("request_id", api.requestId().orElse(null));
            fields.put("details", api.details());
            fields.put("errors", value(api.errors()));
            fields.put("otp_id", api.otpId().orElse(null));
            fields.put("limit", api.limit().orElse(null));
            fields.put("doc_url", api.docUrl().orElse(null));
            fields.put("retry_after", api.retryAfter().map(time -> time.toSeconds()).orElse(null));
        } else if (error instanceof ApiResponseException response) {
            fields.put("status", response.status());
            fields.put("request_id", response.requestId().orElse(null));
        } else if (error instanceof WebhookSignatureException signature) {
            fields.put("reason", signature.reason().name().toLowerCase(Locale.ROOT));
        }

        return fields;
    }

    private static List<String> parents(Class<?> type) {
        List<String> parents = new ArrayList<>();
        for (Class<?> c = type.getSuperclass(); c != RuntimeException.class; c = c.getSuperclass()) {
            parents.add(name(c));
        }

        return parents;
    }

    private static String name(Class<?> type) {
        String name = type.getSimpleName().replace("Exception", "Error");
        return name.equals("ApiError") ? "APIStatusError" : name.replaceAll("^Api", "API");
    }
}
