package me.syssecure;

/** The credits of the account. */
public final class BalanceService {
    private final AsyncBalanceService async;

    BalanceService(AsyncBalanceService async) {
        this.async = async;
    }

    /**
     * Returns the credits that can be spent, and those that are held.
     *
     * @return the credits
     * @throws AuthenticationException when the key is wrong
     */
    public Balance get() {
        return get(RequestOptions.none());
    }

    /**
     * Returns the credits that can be spent, and those that are held.
     *
     * @param options options of this call
     * @return the credits
     * @throws AuthenticationException when the key is wrong
     */
    public Balance get(RequestOptions options) {
        return Futures.result(async.get(options));
    }

    /**
     * Lists the lines of the ledger of credits, newest first. Test keys have none.
     *
     * @return the first page
     */
    public Page<BalanceEntry> entries() {
        return entries(BalanceEntryListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the lines of the ledger of credits, newest first. Test keys have none.
     *
     * @param params what to list
     * @return the first page
     */
    public Page<BalanceEntry> entries(BalanceEntryListParams params) {
        return entries(params, RequestOptions.none());
    }

    /**
     * Lists the lines of the ledger of credits, newest first. Test keys have none.
     *
     * @param params  what to list
     * @param options options of this call
     * @return the first page
     */
    public Page<BalanceEntry> entries(BalanceEntryListParams params, RequestOptions options) {
        return new Page<>(Futures.result(async.entries(params, options)));
    }

    /**
     * Lists what each channel costs.
     *
     * @return one page with all of them
     */
    public Page<Price> prices() {
        return prices(RequestOptions.none());
    }

    /**
     * Lists what each channel costs.
     *
     * @param options options of this call
     * @return one page with all of them
     */
    public Page<Price> prices(RequestOptions options) {
        return new Page<>(Futures.result(async.prices(options)));
    }
}
