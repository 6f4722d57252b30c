package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** How messages are routed, for keys with the scope {@code operator}. Every method returns at once. */
public final class AsyncRoutesService {
    private final Requester requester;

    AsyncRoutesService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Says how a message to a number would be sent now, and why. Nothing is sent.
     *
     * @param params what to ask
     * @return a future of the plan
     */
    public CompletableFuture<RoutePlan> explain(RouteExplainParams params) {
        return explain(params, RequestOptions.none());
    }

    /**
     * Says how a message to a number would be sent now, and why. Nothing is sent.
     *
     * @param params  what to ask
     * @param options options of this call
     * @return a future of the plan
     */
    public CompletableFuture<RoutePlan> explain(RouteExplainParams params, RequestOptions options) {
        return requester.send(Call.of("GET", "/routes/explain", RoutePlan::of).withQuery(params.fields()), options);
    }
}
