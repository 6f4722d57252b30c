package me.syssecure;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A page of a list of the asynchronous client.
 *
 * @param <T> the type of the rows
 */
public final class AsyncPage<T> {
    private static final String CURSOR = "cursor";
    private static final String AFTER = "after";

    private final Requester requester;
    private final Call<Slice<T>> call;
    private final RequestOptions options;
    private final Slice<T> slice;

    /** The cursors that led to this page: one that comes again would never end. */
    private final Set<String> used;

    private AsyncPage(
            Requester requester, Call<Slice<T>> call, RequestOptions options, Slice<T> slice, Set<String> used) {
        this.requester = requester;
        this.call = call;
        this.options = options;
        this.slice = slice;
        this.used = used;
    }

    /** Fetches the first page of a list with parameters. */
    static <T> CompletableFuture<AsyncPage<T>> first(
            Requester requester, String path, Function<Fields, T> decode, Params params, RequestOptions options) {
        return first(requester, Call.of("GET", path, Slice.of(decode)).withQuery(params.fields()), options);
    }

    /** Fetches the first page of a list. */
    static <T> CompletableFuture<AsyncPage<T>> first(
            Requester requester, Call<Slice<T>> call, RequestOptions options) {
        Object begin = call.query().get(position(call));
        return fetch(requester, call, options, begin == null ? Set.of() : Set.of(begin.toString()));
    }

    private static <T> CompletableFuture<AsyncPage<T>> fetch(
            Requester requester, Call<Slice<T>> call, RequestOptions options, Set<String> used) {
        return Futures.map(
                requester.send(call, options), slice -> new AsyncPage<>(requester, call, options, slice, used));
    }

    /**
     * Returns the rows of this page.
     *
     * @return the rows, in the order of the list
     */
    public List<T> data() {
        return slice.data();
    }

    /**
     * Returns the cursor with which the next page begins.
     *
     * @return the cursor; absent on the last page
     */
    public Optional<String> nextCursor() {
        return slice.nextCursor();
    }

    /**
     * Returns whether there is a next page. It may be without rows.
     *
     * @return true unless this is the last page
     */
    public boolean hasMore() {
        return nextCursor().isPresent() && !(isForward() && data().isEmpty());
    }

    /**
     * Returns the id by which the server's logs know the request.
     *
     * @return the id, if the answer has one
     */
    public Optional<String> requestId() {
        return slice.requestId();
    }

    /**
     * Returns the decoded answer, with the fields that this version does not know.
     *
     * @return the fields
     */
    public Map<String, Object> raw() {
        return slice.raw();
    }

    /**
     * Fetches the next page, with the same filters and the same limit.
     *
     * @return the page; absent when this is the last. It fails with an {@link ApiResponseException} when the server
     *     gives a cursor for the second time, and as every call does.
     */
    public CompletableFuture<Optional<AsyncPage<T>>> nextPage() {
        if (!hasMore()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }

        String cursor = nextCursor().orElseThrow();
        Set<String> nowUsed = new HashSet<>(used);
        if (!nowUsed.add(cursor)) {
            return CompletableFuture.failedFuture(
                    new ApiResponseException("the server gave the same next_cursor twice", 200, requestId()));
        }

        Call<Slice<T>> next = call.withQuery(position(call), cursor);
        return Futures.map(fetch(requester, next, options, nowUsed), Optional::of);
    }

    /** Whether the list goes from old to new; it then has a cursor on every page, and ends with one without rows. */
    private boolean isForward() {
        return position(call).equals(AFTER);
    }

    /** The parameter that says where a page begins. */
    private static String position(Call<?> call) {
        return call.query().containsKey(AFTER) ? AFTER : CURSOR;
    }

    /**
     * Does something with each row of this page and of all that follow.
     *
     * @param action what to do; it must not block
     * @return completes after the last row; it fails when the action or a later page does
     */
    public CompletableFuture<Void> forEach(Consumer<? super T> action) {
        return forEachWhile(row -> {
            action.accept(row);
            return true;
        });
    }

    /**
     * Does something with each row of this page and of those that follow, as long as it returns true. After that no
     * page is fetched.
     *
     * @param action what to do; it must not block
     * @return completes after the last row, or after the first for which the action returned false; it fails when the
     *     action or a later page does
     */
    public CompletableFuture<Void> forEachWhile(Predicate<? super T> action) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        walk(action, done);
        return done;
    }

    /** Goes on in a loop as long as pages are there at once, because a call for each would fill the stack. */
    private void walk(Predicate<? super T> action, CompletableFuture<Void> done) {
        try {
            AsyncPage<T> page = this;
            while (page.data().stream().allMatch(action)) {
                CompletableFuture<Optional<AsyncPage<T>>> next = page.nextPage();
                if (!next.isDone()) {
                    done.whenComplete((nothing, error) -> next.cancel(true));
                    next.whenComplete((found, error) -> resume(found, error, action, done));
                    return;
                }

                Optional<AsyncPage<T>> found = next.join();
                if (found.isEmpty()) {
                    break;
                }
                page = found.get();
            }

            done.complete(null);
        } catch (RuntimeException e) {
            done.completeExceptionally(Futures.cause(e));
        }
    }

    private static <T> void resume(
            Optional<AsyncPage<T>> found, Throwable error, Predicate<? super T> action, CompletableFuture<Void> done) {
        if (error != null) {
            done.completeExceptionally(error);
        } else if (found.isPresent()) {
            found.get().walk(action, done);
        } else {
            done.complete(null);
        }
    }

    @Override
    public String toString() {
        return new Text("AsyncPage").add("data", data()).add("nextCursor", nextCursor()).toString();
    }
}
