package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** The numbers that want no messages. Every method returns at once. */
public final class AsyncOptOutsService {
    private final Requester requester;

    AsyncOptOutsService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Lists the numbers that opted out.
     *
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<OptOut>> list() {
        return list(OptOutListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the numbers that opted out.
     *
     * @param params what to list
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<OptOut>> list(OptOutListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists the numbers that opted out.
     *
     * @param params  what to list
     * @param options options of this call
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<OptOut>> list(OptOutListParams params, RequestOptions options) {
        return AsyncPage.first(requester, "/opt-outs", OptOut::of, params, options);
    }

    /**
     * Opts a number out. It may have opted out already.
     *
     * @param number the number in E.164 format
     * @return a future of the opt-out
     */
    public CompletableFuture<OptOut> put(String number) {
        return put(number, RequestOptions.none());
    }

    /**
     * Opts a number out. It may have opted out already.
     *
     * @param number  the number in E.164 format
     * @param options options of this call
     * @return a future of the opt-out
     */
    public CompletableFuture<OptOut> put(String number, RequestOptions options) {
        return requester.send(Call.of("PUT", "/opt-outs/{number}", OptOut::of, number), options);
    }

    /**
     * Removes the opt-out of a number.
     *
     * @param number the number in E.164 format
     * @return a future of the opt-out that was removed
     */
    public CompletableFuture<OptOut> delete(String number) {
        return delete(number, RequestOptions.none());
    }

    /**
     * Removes the opt-out of a number.
     *
     * @param number  the number in E.164 format
     * @param options options of this call
     * @return a future of the opt-out that was removed
     */
    public CompletableFuture<OptOut> delete(String number, RequestOptions options) {
        return requester.send(Call.of("DELETE", "/opt-outs/{number}", OptOut::of, number), options);
    }
}
