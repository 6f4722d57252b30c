package me.syssecure;

import java.net.URI;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** Makes requests of calls, and sends them with retries. */
final class Requester {
    private final Config config;
    private final Transport transport;
    private final AtomicBoolean closed;
    private final boolean blocking;

    Requester(Config config, Transport transport) {
        this(config, transport, new AtomicBoolean(), false);
    }

    private Requester(Config config, Transport transport, AtomicBoolean closed, boolean blocking) {
        this.config = config;
        this.transport = transport;
        this.closed = closed;
        this.blocking = blocking;
    }

    /** The same, but it makes calls in the thread of the caller, and returns futures that are done. */
    Requester blocking() {
        return new Requester(config, transport, closed, true);
    }

    Config config() {
        return config;
    }

    /**
     * Sends a call. The future fails with a {@link SysSecureException}, also when the arguments are wrong. Cancelling
     * it ends the attempt or the wait that is under way.
     */
    <T> CompletableFuture<T> send(Call<T> call, RequestOptions options) {
        try {
            checkOpen();

            Transport.Request request = request(call, Checks.given("options", options));
            Attempts<T> attempts = new Attempts<>(config, transport, call, request, options);
            return blocking ? CompletableFuture.completedFuture(attempts.block()) : attempts.start();
        } catch (SysSecureException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Transport.Request request(Call<?> call, RequestOptions options) {
        URI uri = URI.create(config.baseUrl() + call.target());
        byte[] body = null;
        Map<String, String> headers = Headers.empty();
        headers.put("Accept", "application/json");
        if (call.body() != null) {
            body = encode(call.body());
            headers.put("Content-Type", "application/json");
        }

        headers.putAll(config.headers());
        headers.putAll(options.headers());
        headers.put("Authorization", "Bearer " + config.apiKey());
        options.key().ifPresent(key -> headers.put("Idempotency-Key", key));
        if (call.method().equals("POST")) {
            headers.computeIfAbsent("Idempotency-Key", name -> "ss-" + UUID.randomUUID());
        }

        return new Transport.Request(call.method(), uri, headers, body);
    }

    private static byte[] encode(Object body) {
        try {
            return JsonWriter.write(body);
        } catch (JsonException e) {
            throw new ConfigurationException(e.getMessage());
        }
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new ConfigurationException("the client is closed");
        }

        if (blocking && Thread.currentThread().isInterrupted()) {
            throw new ApiConnectionException("the thread was interrupted before the call", new InterruptedException());
        }
    }

    void close() {
        if (closed.compareAndSet(false, true)) {
            transport.close();
        }
    }
}
