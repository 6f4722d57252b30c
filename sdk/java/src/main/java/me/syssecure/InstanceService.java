package me.syssecure;

/** The installation of the server, for keys with the scope {@code operator}. */
public final class InstanceService {
    private final AsyncInstanceService async;

    InstanceService(AsyncInstanceService async) {
        this.async = async;
    }

    /**
     * Gets the version, the nodes and the load of the server.
     *
     * @return the installation
     * @throws AuthenticationException when the key lacks the scope {@code operator}
     */
    public Instance get() {
        return get(RequestOptions.none());
    }

    /**
     * Gets the version, the nodes and the load of the server.
     *
     * @param options options of this call
     * @return the installation
     * @throws AuthenticationException when the key lacks the scope {@code operator}
     */
    public Instance get(RequestOptions options) {
        return Futures.result(async.get(options));
    }
}
