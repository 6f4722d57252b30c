package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** The credits of the account. Every method returns at once. */
public final class AsyncBalanceService {
    private final Requester requester;

    AsyncBalanceService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Returns the credits that can be spent, and those that are held.
     *
     * @return a future of the credits
     */
    public CompletableFuture<Balance> get() {
        return get(RequestOptions.none());
    }

    /**
     * Returns the credits that can be spent, and those that are held.
     *
     * @param options options of this call
     * @return a future of the credits
     */
    public CompletableFuture<Balance> get(RequestOptions options) {
        return requester.send(Call.of("GET", "/balance", Balance::of), options);
    }

    /**
     * Lists the lines of the ledger of credits, newest first. Test keys have none.
     *
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<BalanceEntry>> entries() {
        return entries(BalanceEntryListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the lines of the ledger of credits, newest first. Test keys have none.
     *
     * @param params what to list
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<BalanceEntry>> entries(BalanceEntryListParams params) {
        return entries(params, RequestOptions.none());
    }

    /**
     * Lists the lines of the ledger of credits, newest first. Test keys have none.
     *
     * @param params  what to list
     * @param options options of this call
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<BalanceEntry>> entries(BalanceEntryListParams params, RequestOptions options) {
        return AsyncPage.first(requester, "/balance/entries", BalanceEntry::of, params, options);
    }

    /**
     * Lists what each channel costs.
     *
     * @return a future of one page with all of them
     */
    public CompletableFuture<AsyncPage<Price>> prices() {
        return prices(RequestOptions.none());
    }

    /**
     * Lists what each channel costs.
     *
     * @param options options of this call
     * @return a future of one page with all of them
     */
    public CompletableFuture<AsyncPage<Price>> prices(RequestOptions options) {
        return AsyncPage.first(requester, Call.of("GET", "/prices", Slice.of(Price::of)), options);
    }
}
