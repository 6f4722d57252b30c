package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** Reports of messages and credits. Every method returns at once. */
public final class AsyncUsageService {
    private final Requester requester;

    AsyncUsageService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Counts messages and credits by day, country and channel.
     *
     * @return a future of the report
     */
    public CompletableFuture<Usage> get() {
        return get(UsageParams.builder().build(), RequestOptions.none());
    }

    /**
     * Counts messages and credits by day, country and channel.
     *
     * @param params the days and the groups
     * @return a future of the report
     */
    public CompletableFuture<Usage> get(UsageParams params) {
        return get(params, RequestOptions.none());
    }

    /**
     * Counts messages and credits by day, country and channel.
     *
     * @param params  the days and the groups
     * @param options options of this call
     * @return a future of the report
     */
    public CompletableFuture<Usage> get(UsageParams params, RequestOptions options) {
        return requester.send(Call.of("GET", "/usage", Usage::of).withQuery(params.fields()), options);
    }
}
