package me.syssecure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/** What the futures of the platform lack. */
final class Futures {
    private Futures() {}

    /** Like {@link CompletableFuture#thenApply}, but cancelling the result cancels the source, and errors stay bare. */
    static <A, B> CompletableFuture<B> map(CompletableFuture<A> source, Function<A, B> function) {
        CompletableFuture<B> target = new CompletableFuture<>();
        source.thenApply(function).whenComplete((value, error) -> {
            if (error == null) {
                target.complete(value);
            } else {
                target.completeExceptionally(cause(error));
            }
        });
        target.whenComplete((value, error) -> source.cancel(true)); // without effect unless the target was cancelled
        return target;
    }

    /** The error itself, without the wrapper that dependent futures put around it. */
    static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    /**
     * Waits for a result.
     *
     * @throws ApiConnectionException when the thread is interrupted; the call is cancelled, and the flag is set again
     */
    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw new ApiConnectionException("the thread was interrupted", e);
        } catch (ExecutionException e) {
            throw unchecked(e.getCause());
        }
    }

    /** Lets the trace begin where the caller called, instead of in a thread of the HTTP client. */
    private static RuntimeException unchecked(Throwable error) {
        if (error instanceof SysSecureException own) {
            own.fillInStackTrace();
            return own;
        }

        if (error instanceof Error fatal) {
            throw fatal;
        }

        return error instanceof RuntimeException runtime ? runtime : new IllegalStateException(error);
    }
}
