package me.syssecure;

/** The texts that phones sent. */
public final class InboundService {
    private final AsyncInboundService async;

    InboundService(AsyncInboundService async) {
        this.async = async;
    }

    /**
     * Lists the texts of the last seven days, the newest first.
     *
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<InboundMessage> list() {
        return list(InboundListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the texts of the last seven days, the newest first.
     *
     * @param params what to list
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<InboundMessage> list(InboundListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists the texts of the last seven days, the newest first.
     *
     * @param params  what to list
     * @param options options of this call
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<InboundMessage> list(InboundListParams params, RequestOptions options) {
        return new Page<>(Futures.result(async.list(params, options)));
    }
}
