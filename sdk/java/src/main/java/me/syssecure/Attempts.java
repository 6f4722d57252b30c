package me.syssecure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The attempts of one call, one after the other, and the waits between them. */
final class Attempts<T> {
    /** What follows an attempt: the result, or another attempt after a pause. */
    private record Next<T>(T result, Optional<Duration> pause) {}

    private final Config config;
    private final Transport transport;
    private final Call<T> call;
    private final Transport.Request request;
    private final Duration timeout;
    private final int maxRetries;

    Attempts(Config config, Transport transport, Call<T> call, Transport.Request request, RequestOptions options) {
        this.config = config;
        this.transport = transport;
        this.call = call;
        this.request = request;
        this.timeout = options.timeout().orElse(config.timeout());
        this.maxRetries = options.maxRetries().orElse(config.maxRetries());
    }

    /** Makes the attempts in this thread. An interrupt ends them; the flag of the thread is set again. */
    T block() {
        try {
            for (int retry = 0;; retry++) {
                Next<T> next = blockOnce(retry);
                if (next.pause().isEmpty()) {
                    return next.result();
                }

                await(config.machine().sleep().apply(next.pause().get()), Duration.ofNanos(Long.MAX_VALUE));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiConnectionException("the thread was interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("a wait cannot fail", e);
        }
    }

    private Next<T> blockOnce(int retry) throws InterruptedException {
        long begin = System.nanoTime();
        try {
            return answered(retry, begin, await(transport.send(withRetryCount(retry)), timeout));
        } catch (ExecutionException e) {
            return failed(retry, begin, e.getCause());
        } catch (TimeoutException e) {
            return failed(retry, begin, e);
        }
    }

    /** Gives up what it waits for when it does not wait until the end. */
    private static <V> V await(CompletableFuture<V> future, Duration timeout)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException | TimeoutException e) {
            future.cancel(true);
            throw e;
        }
    }

    /** Makes the attempts in other threads. Cancelling the future ends the attempt or the wait that is under way. */
    CompletableFuture<T> start() {
        Running running = new Running();
        running.attempt(0);
        return running.result;
    }

    /** Attempts that are made in other threads. */
    private final class Running {
        final CompletableFuture<T> result = new CompletableFuture<>();

        void attempt(int retry) {
            long begin = System.nanoTime();
            CompletableFuture<Transport.Response> sent = transport.send(withRetryCount(retry));
            CompletableFuture<Transport.Response> answer = Futures.map(sent, response -> response)
                    .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
            cancelWithResult(answer);

            // What waits for the result may block. It must block neither the thread that reads from the connection,
            // which others may use by now, nor the one that tells the time.
            answer.whenCompleteAsync((response, error) -> finish(
                    retry, () -> error == null ? answered(retry, begin, response) : failed(retry, begin, error)));
        }

        private void cancelWithResult(CompletableFuture<?> underWay) {
            result.whenComplete((value, error) -> {
                if (result.isCancelled()) {
                    underWay.cancel(true);
                }
            });
        }

        private void finish(int retry, Supplier<Next<T>> step) {
            if (result.isDone()) {
                return;
            }

            try {
                Next<T> next = step.get();
                next.pause().ifPresentOrElse(wait -> pause(retry, wait), () -> result.complete(next.result()));
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        }

        private void pause(int retry, Duration wait) {
            CompletableFuture<Void> pause = config.machine().sleep().apply(wait);
            cancelWithResult(pause);
            pause.thenRunAsync(() -> attempt(retry + 1)).whenComplete((nothing, error) -> {
                if (error != null && !(Futures.cause(error) instanceof CancellationException)) {
                    result.completeExceptionally(Futures.cause(error));
                }
            });
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

    private Next<T> answered(int retry, long begin, Transport.Response response) {
        Answer answer = new Answer(response);
        logAttempt(retry, begin, Integer.toString(answer.status()), answer.requestId());
        if (answer.isSuccess()) {
            return new Next<>(decode(answer), Optional.empty());
        }

        Optional<Duration> retryAfter = answer.header("Retry-After")
                .flatMap(value -> RetryDelay.parse(value, config.machine().clock().instant()));
        ApiException error = Problem.exception(answer, retryAfter, config);
        if (isTemporary(answer.status())) {
            return retryOrThrow(retry + 1, error, "status " + answer.status(), retryAfter);
        }

        throw error;
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

    private Next<T> failed(int retry, long begin, Throwable failure) {
        Throwable error = failure instanceof UncheckedIOException wrapper ? wrapper.getCause() : failure;
        if (!(error instanceof IOException || error instanceof TimeoutException)) {
            throw Futures.unchecked(error);
        }

        ApiConnectionException reported = ConnectionFailures.wrap(error, timeout, config);
        String name = reported.getClass().getSimpleName();
        logAttempt(retry, begin, name, Optional.empty());
        if (ConnectionFailures.isTemporary(error)) {
            return retryOrThrow(retry + 1, reported, name, Optional.empty());
        }

        throw reported;
    }

    private Next<T> retryOrThrow(int retry, SysSecureException error, String why, Optional<Duration> retryAfter) {
        Optional<Duration> wait = retry > maxRetries
                ? Optional.empty()
                : RetryDelay.before(retry, config.machine().random().getAsDouble(), retryAfter, config.maxRetryAfter());
        if (wait.isEmpty()) {
            throw error;
        }

        log(() -> "retry " + retry + " in " + wait.get().toMillis() + " ms after " + why);
        return new Next<>(null, wait);
    }

    private void logAttempt(int retry, long begin, String outcome, Optional<String> requestId) {
        log(() -> call.method() + " " + BaseUrl.VERSION_PATH + call.template() + " " + outcome + " "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin) + " ms, attempt " + (retry + 1)
                + requestId.map(id -> ", request_id " + id).orElse(""));
    }

    private void log(Supplier<String> line) {
        if (config.logger() == null) {
            return;
        }

        try {
            config.logger().log(System.Logger.Level.DEBUG, () -> Mask.text(line.get(), config.apiKey()));
        } catch (RuntimeException e) {
            // What was sent was sent: a line that is lost must not make the caller send it again.
        }
    }
}
