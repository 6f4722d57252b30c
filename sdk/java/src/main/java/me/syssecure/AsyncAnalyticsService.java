package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** Reports of codes. Every method returns at once. */
public final class AsyncAnalyticsService {
    private final Requester requester;

    AsyncAnalyticsService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Counts codes that were sent, and how many were verified.
     *
     * @return a future of the report
     */
    public CompletableFuture<Conversion> conversion() {
        return conversion(ConversionParams.builder().build(), RequestOptions.none());
    }

    /**
     * Counts codes that were sent, and how many were verified.
     *
     * @param params the days and the groups
     * @return a future of the report
     */
    public CompletableFuture<Conversion> conversion(ConversionParams params) {
        return conversion(params, RequestOptions.none());
    }

    /**
     * Counts codes that were sent, and how many were verified.
     *
     * @param params  the days and the groups
     * @param options options of this call
     * @return a future of the report
     */
    public CompletableFuture<Conversion> conversion(ConversionParams params, RequestOptions options) {
        Call<Conversion> call = Call.of("GET", "/analytics/conversion", Conversion::of).withQuery(params.fields());
        return requester.send(call, options);
    }
}
