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
}
