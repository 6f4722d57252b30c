package me.syssecure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The client of one command, with a clock, random numbers and waits that the command decides. */
final class DriverClient {
    private final Map<String, Object> command;
    private final List<Long> sleeps = Collections.synchronizedList(new ArrayList<>());
    private final List<String> logs = Collections.synchronizedList(new ArrayList<>());
    private final List<String> parameterTexts = new ArrayList<>();
    private SysSecure client;

    /** What cancels the call that is under way. */
    private volatile Runnable cancel = () -> {};

    DriverClient(Map<String, Object> command) {
        this.command = command;
    }

    List<Long> sleeps() {
        return List.copyOf(sleeps);
    }

    List<String> logs() {
        return List.copyOf(logs);
    }

    List<String> parameterTexts() {
        return parameterTexts;
    }

    private boolean isAsync() {
        return "async".equals(command.get("mode"));
    }

    SysSecure build() {
        if (client == null) {
            Map<String, Object> environment = Canonical.object(command.getOrDefault("env", Map.of()));
            Clock clock = Driver.clock(command);
            Machine machine = new Machine(
                    name -> (String) environment.get(name),
                    clock,
                    command.get("random") instanceof Number random ? random::doubleValue : Machine.REAL.random(),
                    this::sleep);
            client = builder(Canonical.object(command.getOrDefault("client", Map.of()))).machine(machine).build();
        }

        return client;
    }

    private CompletableFuture<Void> sleep(Duration time) {
        sleeps.add(time.toMillis());
        if (!"sleep".equals(command.get("cancel"))) {
            return CompletableFuture.completedFuture(null);
        }

        CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS).execute(cancel);
        return new CompletableFuture<>();
    }

    private ClientBuilder builder(Map<String, Object> options) {
        ClientBuilder builder = SysSecure.builder();
        options.forEach((name, value) -> {
            switch (name) {
                case "api_key" -> builder.apiKey((String) value);
                case "base_url" -> builder.baseUrl((String) value);
                case "timeout_ms" -> builder.timeout(duration(value));
                case "connect_timeout_ms" -> builder.connectTimeout(duration(value));
                case "max_retries" -> builder.maxRetries(((Long) value).intValue());
                case "max_retry_after_ms" -> builder.maxRetryAfter(duration(value));
                case "headers" -> builder.headers(strings(value));
                case "user_agent" -> builder.userAgent((String) value);
                case "proxy" -> builder.proxy((String) value);
                case "ca_file" -> builder.caFile(Path.of((String) value));
                case "allow_insecure_http" -> builder.allowInsecureHttp((Boolean) value);
                default -> throw new IllegalArgumentException("unknown option " + name);
            }
        });
        if (Boolean.TRUE.equals(command.get("log"))) {
            builder.logger(new Lines(Boolean.TRUE.equals(command.get("log_fails"))));
        }

        return builder;
    }

    private static RequestOptions options(Map<String, Object> command) {
        RequestOptions.Builder builder = RequestOptions.builder();
        Canonical.object(command.getOrDefault("options", Map.of())).forEach((name, value) -> {
            switch (name) {
                case "idempotency_key" -> builder.idempotencyKey((String) value);
                case "timeout_ms" -> builder.timeout(duration(value));
                case "max_retries" -> builder.maxRetries(((Long) value).intValue());
                case "headers" -> builder.headers(strings(value));
                default -> throw new IllegalArgumentException("unknown option " + name);
            }
        });

        return builder.build();
    }

    static Duration duration(Object millis) {
        return Duration.ofNanos(Math.round(((Number) millis).doubleValue() * 1_000_000));
    }

    private static Map<String, String> strings(Object map) {
        Map<String, String> strings = new HashMap<>();
        Canonical.object(map).forEach((name, value) -> strings.put(name, (String) value));
        return strings;
    }

    Object call() throws Exception {
        return call(command);
    }

    Object call(Map<String, Object> step) throws Exception {
        SysSecure built = build();
        Operation operation = Operation.of((String) step.get("op"), isAsync());
        Object[] arguments = operation.arguments(Canonical.object(step.getOrDefault("args", Map.of())), options(step));
        for (Object argument : arguments) {
            parameterTexts.add(argument instanceof Params || argument instanceof RequestOptions ? "" + argument : "");
        }

        return finish(() -> operation.invoke(built, arguments));
    }

    Object request() throws Exception {
        SysSecure built = build();
        RequestOptions options = options(command);
        String method = (String) command.get("method");
        String path = (String) command.get("path");
        Map<String, ?> body = command.get("body") == null ? null : Canonical.object(command.get("body"));
        Map<String, ?> query = command.get("query") == null ? Map.of() : Canonical.object(command.get("query"));
        return finish(() -> isAsync()
                ? built.async().request(method, path, body, query, options)
                : built.request(method, path, body, query, options));
    }

    /** Starts a call in a thread of its own, or as a future. */
    CompletableFuture<Object> start() {
        build();
        Executor own = task -> new Thread(task).start();
        CompletableFuture<Object> call = new CompletableFuture<>();
        own.execute(() -> {
            try {
                call.complete(call());
            } catch (Exception e) {
                call.completeExceptionally(e);
            }
        });
        return call;
    }

    /** A call that returns its result, or a future of it. */
    interface Invocation {
        Object run() throws Exception;
    }

    private Object finish(Invocation invocation) throws Exception {
        if (!isAsync()) {
            Thread caller = Thread.currentThread();
            prepareCancel(caller::interrupt);
            return invocation.run();
        }

        if ("before".equals(command.get("cancel"))) { // a chain that is cancelled before it comes to the call
            CompletableFuture<Object> gate = new CompletableFuture<>();
            CompletableFuture<Object> chain = gate.thenCompose(nothing -> unchecked(invocation));
            chain.cancel(true);
            gate.complete(null);
            return join(chain);
        }

        CompletableFuture<?> future = (CompletableFuture<?>) invocation.run();
        prepareCancel(() -> future.cancel(true));
        return join(future);
    }

    private void prepareCancel(Runnable how) {
        cancel = how;
        if ("before".equals(command.get("cancel"))) {
            how.run();
        } else if ("response".equals(command.get("cancel"))) {
            CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS).execute(how);
        }
    }

    @SuppressWarnings("unchecked") // the asynchronous side returns futures
    private static CompletableFuture<Object> unchecked(Invocation invocation) {
        try {
            return (CompletableFuture<Object>) invocation.run();
        } catch (Exception e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    static <T> T join(CompletableFuture<T> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (CancellationException e) {
            throw new CancellationException("cancelled");
        }
    }

    /** Collects the lines of the log. */
    private final class Lines implements System.Logger {
        private final boolean fails;

        Lines(boolean fails) {
            this.fails = fails;
        }

        private void add(String line) {
            logs.add(line);
            if (fails) {
                throw new UncheckedIOException(new IOException("the disk is full"));
            }
        }

        @Override
        public String getName() {
            return "driver";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
            add(level + " " + message);
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
            add(level + " " + format);
        }
    }
}
