package me.syssecure;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Function;

/**
 * One operation with its arguments, before it is a request.
 *
 * @param method   the method in capitals
 * @param template the path below {@code /v2}, such as {@code /otp/{otp_id}}, as logs show it
 * @param segments the arguments for the gaps of the path, in their order
 * @param query    the query's parameters by name
 * @param body     the body's fields by name, or null for no body
 * @param decode   makes the result from the answer's fields
 * @param <T>      the type of the result
 */
record Call<T>(
        String method,
        String template,
        List<String> segments,
        Map<String, ?> query,
        Object body,
        Function<Fields, T> decode) {

    private static final String UNRESERVED = "-._~";
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    /** An operation without a query and a body. */
    static <T> Call<T> of(String method, String template, Function<Fields, T> decode, String... segments) {
        return new Call<>(method, template, Arrays.asList(segments), Map.of(), null, decode);
    }

    Call<T> withQuery(Map<String, ?> parameters) {
        return new Call<>(method, template, segments, parameters, body, decode);
    }

    /** The call with one parameter of the query replaced. */
    Call<T> withQuery(String name, String value) {
        Map<String, Object> changed = new LinkedHashMap<>(query);
        changed.put(name, value);
        return withQuery(changed);
    }

    Call<T> withBody(Object fields) {
        return new Call<>(method, template, segments, query, fields, decode);
    }

    /** The path below {@code /v2} with the query, percent-encoded. */
    String target() {
        StringJoiner parameters = new StringJoiner("&", "?", "").setEmptyValue("");
        query.forEach((name, value) -> addParameter(parameters, name, value));
        return path() + parameters;
    }

    private String path() {
        String path = template;
        for (String segment : segments) {
            int start = path.indexOf('{');
            int end = path.indexOf('}');
            String name = path.substring(start + 1, end);
            path = path.substring(0, start) + encodeSegment(name, segment) + path.substring(end + 1);
        }

        return path;
    }

    private static void addParameter(StringJoiner parameters, String name, Object value) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, item) -> addParameter(parameters, name + "[" + key + "]", item));
        } else if (value instanceof Iterable<?> items) {
            StringJoiner joined = new StringJoiner(",");
            items.forEach(item -> joined.add(String.valueOf(item)));
            parameters.add(encode(name) + "=" + encode(joined.toString()));
        } else if (value != null) {
            parameters.add(encode(name) + "=" + encode(value.toString()));
        }
    }

    /** An empty segment or a dot would address another resource than the one that is meant. */
    private static String encodeSegment(String name, String value) {
        if (value == null || value.isEmpty() || value.equals(".") || value.equals("..")) {
            throw new ConfigurationException(name + " is " + (value == null ? "null" : "\"" + value + "\"")
                    + ", which is no id; pass the one from the answer that created it");
        }

        return encode(value);
    }

    static String encode(String value) {
        StringBuilder encoded = new StringBuilder(value.length());
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            boolean isLetterOrDigit = b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z';
            if (isLetterOrDigit || UNRESERVED.indexOf(b) >= 0) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX[b >> 4 & 15]).append(HEX[b & 15]);
            }
        }

        return encoded.toString();
    }
}
