package me.syssecure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** What the futures of the platform lack. */
final class Futures {
    private Futures() {}

    /** Like {@link CompletableFuture#thenApply}, but ending it early cancels the source, and errors stay bare. */
    static <A, B> CompletableFuture<B> map(CompletableFuture<A> source, Function<A, B> function) {
        CompletableFuture<B> target = new CompletableFuture<>();
        source.thenApply(function).whenComplete((value, error) -> {
            if (error == null) {
                target.complete(value);
            } else {
                target.completeExceptionally(cause(error));
            }
        });
        target.whenComplete((value, error) -> {
            if (error != null) {
                source.cancel(true); // without effect on one that is done
            }
        });
        return target;
    }

    /** The error itself, without the wrapper that dependent futures put around it. */
    static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    /** The result of a call that was made in this thread, or its exception. */
    static <T> T result(CompletableFuture<T> done) {
        try {
            return done.join();
        } catch (CompletionException e) {
            throw unchecked(e.getCause());
        }
    }

    static RuntimeException unchecked(Throwable error) {
        if (error instanceof Error fatal) {
            throw fatal;
        }

        return error instanceof RuntimeException runtime ? runtime : new IllegalStateException(error);
    }
}
