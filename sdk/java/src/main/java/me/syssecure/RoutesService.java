package me.syssecure;

/** How messages are routed, for keys with the scope {@code operator}. */
public final class RoutesService {
    private final AsyncRoutesService async;

    RoutesService(AsyncRoutesService async) {
        this.async = async;
    }

    /**
     * Says how a message to a number would be sent now, and why. Nothing is sent.
     *
     * @param params what to ask
     * @return the plan
     * @throws InvalidPhoneException when it is no phone number
     */
    public RoutePlan explain(RouteExplainParams params) {
        return explain(params, RequestOptions.none());
    }

    /**
     * Says how a message to a number would be sent now, and why. Nothing is sent.
     *
     * @param params  what to ask
     * @param options options of this call
     * @return the plan
     * @throws InvalidPhoneException when it is no phone number
     */
    public RoutePlan explain(RouteExplainParams params, RequestOptions options) {
        return Futures.result(async.explain(params, options));
    }
}
