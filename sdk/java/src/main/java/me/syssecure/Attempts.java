package me.syssecure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The attempts of one call, one after the other, and the waits between them. */
final class Attempts<T> {
    private final Config config;
    private final Transport transport;
    private final Call<T> call;
    private final Transport.Request request;
    private final Duration timeout;
    private final int maxRetries;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    /** The attempt or the wait that is under way, which cancelling the result must end. */
    private volatile CompletableFuture<?> current;

    Attempts(Config config, Transport transport, Call<T> call, Transport.Request request, RequestOptions options) {
        this.config = config;
        this.transport = transport;
        this.call = call;
        this.request = request;
        this.timeout = options.timeout().orElse(config.timeout());
        this.maxRetries = options.maxRetries().orElse(config.maxRetries());
    }

    CompletableFuture<T> start() {
        result.whenComplete((value, error) -> {
            if (result.isCancelled()) {
                current.cancel(true);
            }
        });

        attempt(0);
        return result;
    }

    private void attempt(int retry) {
        long begin = System.nanoTime();
        CompletableFuture<Transport.Response> sent = transport.send(withRetryCount(retry));
        CompletableFuture<Transport.Response> answer = new CompletableFuture<>();
        current(answer); // before the answer can be there, because what follows it is then under way
        sent.whenComplete((response, error) -> complete(answer, response, error));
        answer.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS).whenComplete((response, error) -> {
            sent.cancel(true); // without effect on a whole answer; else it ends the exchange
            if (error instanceof TimeoutException) {
                // The thread that tells the time must not run what waits for the result.
                CompletableFuture.runAsync(() -> ended(retry, begin, null, error));
            } else {
                ended(retry, begin, response, error);
            }
        });
    }

    private static <V> void complete(CompletableFuture<V> future, V value, Throwable error) {
        if (error == null) {
            future.complete(value);
        } else {
            Throwable cause = Futures.cause(error);
            future.completeExceptionally(cause instanceof UncheckedIOException wrapper ? wrapper.getCause() : cause);
        }
    }

    /** Remembers what is under way. The result may have been cancelled just before. */
    private void current(CompletableFuture<?> future) {
        current = future;
        if (result.isCancelled()) {
            future.cancel(true);
        }
    }

    private Transport.Request withRetryCount(int retry) {
        if (retry == 0) {
            return request;
        }

        Map<String, String> headers = Headers.empty();
        headers.putAll(request.headers());
        headers.put("X-SysSecure-Retry-Count", Integer.toString(retry));
        return new Transport.Request(request.method(), request.uri(), headers, request.body());
    }

    private void ended(int retry, long begin, Transport.Response response, Throwable error) {
        if (result.isDone()) {
            return;
        }

        try {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            if (error == null) {
                answered(retry, millis, new Answer(response));
            } else {
                failed(retry, millis, error);
            }
        } catch (RuntimeException e) {
            result.completeExceptionally(e);
        }
    }

    private void answered(int retry, long millis, Answer answer) {
        logAttempt(retry, millis, Integer.toString(answer.status()), answer.requestId());
        if (answer.isSuccess()) {
            result.complete(decode(answer));
            return;
        }

        Optional<Duration> retryAfter = answer.header("Retry-After")
                .flatMap(value -> RetryDelay.parse(value, config.machine().clock().instant()));
        ApiException error = Problem.exception(answer, retryAfter, config);
        if (isTemporary(answer.status())) {
            retryOrFail(retry + 1, error, "status " + answer.status(), retryAfter);
        } else {
            result.completeExceptionally(error);
        }
    }

    private static boolean isTemporary(int status) {
        return status == 408 || status == 429 || status >= 500 && status != 501;
    }

    private T decode(Answer answer) {
        Optional<String> requestId = answer.requestId().map(id -> Mask.text(id, config.apiKey()));
        String fault;
        try {
            return call.decode().apply(new Fields(answer.object(), requestId));
        } catch (JsonException e) {
            fault = "the answer is no JSON object: " + e.getMessage();
        } catch (Fields.WrongType e) {
            fault = "the answer is not what the API promises: " + Mask.text(e.getMessage(), config.apiKey());
        }

        throw new ApiResponseException(fault, answer.status(), requestId);
    }

    private void failed(int retry, long millis, Throwable error) {
        boolean isConnection = error instanceof IOException || error instanceof TimeoutException;
        Throwable reported = isConnection ? ConnectionFailures.wrap(error, timeout, config) : error;
        String name = reported.getClass().getSimpleName();
        logAttempt(retry, millis, name, Optional.empty());
        if (reported instanceof ApiConnectionException connection && ConnectionFailures.isTemporary(error)) {
            retryOrFail(retry + 1, connection, name, Optional.empty());
        } else {
            result.completeExceptionally(reported);
        }
    }

    private void retryOrFail(int retry, SysSecureException error, String why, Optional<Duration> retryAfter) {
        Optional<Duration> wait = retry > maxRetries
                ? Optional.empty()
                : RetryDelay.before(retry, config.machine().random().getAsDouble(), retryAfter, config.maxRetryAfter());
        if (wait.isEmpty()) {
            result.completeExceptionally(error);
            return;
        }

        log(() -> "retry " + retry + " in " + wait.get().toMillis() + " ms after " + why);
        CompletableFuture<Void> pause = config.machine().sleep().apply(wait.get());
        current(pause);
        pause.thenRunAsync(() -> attempt(retry)).whenComplete((nothing, failure) -> {
            if (failure != null && !(failure.getCause() instanceof CancellationException)) {
                result.completeExceptionally(failure.getCause());
            }
        });
    }

    private void logAttempt(int retry, long millis, String outcome, Optional<String> requestId) {
        log(() -> call.method() + " " + BaseUrl.VERSION_PATH + call.template() + " " + outcome + " " + millis
                + " ms, attempt " + (retry + 1) + requestId.map(id -> ", request_id " + id).orElse(""));
    }

    private void log(Supplier<String> line) {
        if (config.logger() != null) {
            config.logger().log(System.Logger.Level.DEBUG, () -> Mask.text(line.get(), config.apiKey()));
        }
    }
}
