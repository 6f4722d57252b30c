package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** The log of requests to the API. Every method returns at once. */
public final class AsyncRequestsService {
    private final Requester requester;

    AsyncRequestsService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Lists requests to the API, newest first. A busy server leaves some out, and says how many.
     *
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<LoggedRequest>> list() {
        return list(RequestListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists requests to the API, newest first. A busy server leaves some out, and says how many.
     *
     * @param params what to list
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<LoggedRequest>> list(RequestListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists requests to the API, newest first. A busy server leaves some out, and says how many.
     *
     * @param params  what to list
     * @param options options of this call
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<LoggedRequest>> list(RequestListParams params, RequestOptions options) {
        return AsyncPage.first(requester, "/requests", LoggedRequest::of, params, options);
    }
}
