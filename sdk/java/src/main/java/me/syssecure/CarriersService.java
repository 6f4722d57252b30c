package me.syssecure;

/** What the carriers of the server do, for keys with the scope {@code operator}. */
public final class CarriersService {
    private final AsyncCarriersService async;

    CarriersService(AsyncCarriersService async) {
        this.async = async;
    }

    /**
     * Lists the carriers with their state.
     *
     * @return one page with all of them
     * @throws AuthenticationException when the key lacks the scope
     */
    public Page<Carrier> list() {
        return list(RequestOptions.none());
    }

    /**
     * Lists the carriers with their state.
     *
     * @param options options of this call
     * @return one page with all of them
     * @throws AuthenticationException when the key lacks the scope
     */
    public Page<Carrier> list(RequestOptions options) {
        return new Page<>(Futures.result(async.list(options)));
    }
}
