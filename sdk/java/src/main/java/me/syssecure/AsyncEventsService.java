package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** What happened. Every method returns at once. */
public final class AsyncEventsService {
    private final Requester requester;

    AsyncEventsService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Lists events, the newest first or, after an event, the oldest first.
     *
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<StoredEvent>> list() {
        return list(EventListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists events, the newest first or, after an event, the oldest first.
     *
     * @param params what to list
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<StoredEvent>> list(EventListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists events, the newest first or, after an event, the oldest first.
     *
     * @param params  what to list
     * @param options options of this call
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<StoredEvent>> list(EventListParams params, RequestOptions options) {
        return AsyncPage.first(requester, "/events", StoredEvent::of, params, options);
    }
}
