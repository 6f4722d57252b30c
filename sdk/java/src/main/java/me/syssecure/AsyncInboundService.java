package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** The texts that phones sent. Every method returns at once. */
public final class AsyncInboundService {
    private final Requester requester;

    AsyncInboundService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Lists the texts of the last seven days, the newest first.
     *
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<InboundMessage>> list() {
        return list(InboundListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the texts of the last seven days, the newest first.
     *
     * @param params what to list
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<InboundMessage>> list(InboundListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists the texts of the last seven days, the newest first.
     *
     * @param params  what to list
     * @param options options of this call
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<InboundMessage>> list(InboundListParams params, RequestOptions options) {
        return AsyncPage.first(requester, "/inbound", InboundMessage::of, params, options);
    }
}
