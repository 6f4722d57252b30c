package me.syssecure;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/** A whole HTTP answer, and how to read it. */
final class Answer {
    /** The largest body that is read, packed or not. */
    static final int MAX_BYTES = 10_000_000;

    private final Transport.Response response;
    private final Map<String, List<String>> headers;

    Answer(Transport.Response response) {
        this.response = response;
        TreeMap<String, List<String>> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        sorted.putAll(response.headers());
        this.headers = Collections.unmodifiableMap(sorted);
    }

    int status() {
        return response.status();
    }

    boolean isSuccess() {
        return status() >= 200 && status() < 300;
    }

    Map<String, List<String>> headers() {
        return headers;
    }

    Optional<String> header(String name) {
        List<String> values = headers.getOrDefault(name, List.of());
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
    }

    Optional<String> requestId() {
        return header("X-Request-Id").filter(id -> !id.isEmpty());
    }

    /** The body, which must be a JSON object. */
    Map<String, Object> object() throws JsonException {
        byte[] body = unpacked();
        if (body.length > MAX_BYTES) {
            throw new JsonException("larger than 10 MB");
        }

        if (body.length == 0) {
            throw new JsonException("empty");
        }

        return JsonReader.readObject(body);
    }

    private byte[] unpacked() throws JsonException {
        String encoding = header("Content-Encoding").orElse("").strip().toLowerCase(Locale.ROOT);
        if (!encoding.equals("gzip")) {
            return response.body();
        }

        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            return in.readNBytes(MAX_BYTES + 1); // a small body may unpack to any size
        } catch (IOException e) {
            throw new JsonException("no valid gzip");
        }
    }
}
