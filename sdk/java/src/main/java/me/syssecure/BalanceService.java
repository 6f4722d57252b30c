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
}
