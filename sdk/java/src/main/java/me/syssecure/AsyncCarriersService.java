package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** What the carriers of the server do, for keys with the scope {@code operator}. Every method returns at once. */
public final class AsyncCarriersService {
    private final Requester requester;

    AsyncCarriersService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Lists the carriers with their state.
     *
     * @return a future of one page with all of them
     */
    public CompletableFuture<AsyncPage<Carrier>> list() {
        return list(RequestOptions.none());
    }

    /**
     * Lists the carriers with their state.
     *
     * @param options options of this call
     * @return a future of one page with all of them
     */
    public CompletableFuture<AsyncPage<Carrier>> list(RequestOptions options) {
        return AsyncPage.first(requester, Call.of("GET", "/carriers", Slice.of(Carrier::of)), options);
    }
}
