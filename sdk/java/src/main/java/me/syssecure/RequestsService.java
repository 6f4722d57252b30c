package me.syssecure;

/** The log of requests to the API. */
public final class RequestsService {
    private final AsyncRequestsService async;

    RequestsService(AsyncRequestsService async) {
        this.async = async;
    }

    /**
     * Lists requests to the API, newest first. A busy server leaves some out, and says how many.
     *
     * @return the first page
     */
    public Page<LoggedRequest> list() {
        return list(RequestListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists requests to the API, newest first. A busy server leaves some out, and says how many.
     *
     * @param params what to list
     * @return the first page
     */
    public Page<LoggedRequest> list(RequestListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists requests to the API, newest first. A busy server leaves some out, and says how many.
     *
     * @param params  what to list
     * @param options options of this call
     * @return the first page
     */
    public Page<LoggedRequest> list(RequestListParams params, RequestOptions options) {
        return new Page<>(Futures.result(async.list(params, options)));
    }
}
