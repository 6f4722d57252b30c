package me.syssecure;

/** The settings of the account. */
public final class AccountService {
    private final AsyncAccountService async;

    AccountService(AsyncAccountService async) {
        this.async = async;
    }

    /**
     * Returns the settings.
     *
     * @return the settings
     * @throws AuthenticationException when the key is wrong
     */
    public Account get() {
        return get(RequestOptions.none());
    }

    /**
     * Returns the settings.
     *
     * @param options options of this call
     * @return the settings
     * @throws AuthenticationException when the key is wrong
     */
    public Account get(RequestOptions options) {
        return Futures.result(async.get(options));
    }

    /**
     * Changes settings. What is not given stays.
     *
     * @param params what to send
     * @return the changed settings
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Account update(AccountUpdateParams params) {
        return update(params, RequestOptions.none());
    }

    /**
     * Changes settings. What is not given stays.
     *
     * @param params  what to send
     * @param options options of this call
     * @return the changed settings
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Account update(AccountUpdateParams params, RequestOptions options) {
        return Futures.result(async.update(params, options));
    }
}
