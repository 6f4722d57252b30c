package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** The settings of the account. Every method returns at once. */
public final class AsyncAccountService {
    private final Requester requester;

    AsyncAccountService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Returns the settings.
     *
     * @return a future of the settings
     */
    public CompletableFuture<Account> get() {
        return get(RequestOptions.none());
    }

    /**
     * Returns the settings.
     *
     * @param options options of this call
     * @return a future of the settings
     */
    public CompletableFuture<Account> get(RequestOptions options) {
        return requester.send(Call.of("GET", "/account", Account::of), options);
    }

    /**
     * Changes settings. What is not given stays.
     *
     * @param params what to send
     * @return a future of the changed settings
     */
    public CompletableFuture<Account> update(AccountUpdateParams params) {
        return update(params, RequestOptions.none());
    }

    /**
     * Changes settings. What is not given stays.
     *
     * @param params  what to send
     * @param options options of this call
     * @return a future of the changed settings
     */
    public CompletableFuture<Account> update(AccountUpdateParams params, RequestOptions options) {
        return requester.send(Call.of("PATCH", "/account", Account::of).withBody(params.fields()), options);
    }
}
