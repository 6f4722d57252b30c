package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** The installation of the server, for keys with the scope {@code operator}. Every method returns at once. */
public final class AsyncInstanceService {
    private final Requester requester;

    AsyncInstanceService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Gets the version, the nodes and the load of the server.
     *
     * @return a future of the installation
     */
    public CompletableFuture<Instance> get() {
        return get(RequestOptions.none());
    }

    /**
     * Gets the version, the nodes and the load of the server.
     *
     * @param options options of this call
     * @return a future of the installation
     */
    public CompletableFuture<Instance> get(RequestOptions options) {
        return requester.send(Call.of("GET", "/instance", Instance::of), options);
    }
}
