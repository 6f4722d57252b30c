package me.syssecure;

/** Reports of messages and credits. */
public final class UsageService {
    private final AsyncUsageService async;

    UsageService(AsyncUsageService async) {
        this.async = async;
    }

    /**
     * Counts messages and credits by day, country and channel.
     *
     * @return the report
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Usage get() {
        return get(UsageParams.builder().build(), RequestOptions.none());
    }

    /**
     * Counts messages and credits by day, country and channel.
     *
     * @param params the days and the groups
     * @return the report
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Usage get(UsageParams params) {
        return get(params, RequestOptions.none());
    }

    /**
     * Counts messages and credits by day, country and channel.
     *
     * @param params  the days and the groups
     * @param options options of this call
     * @return the report
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Usage get(UsageParams params, RequestOptions options) {
        return Futures.result(async.get(params, options));
    }
}
