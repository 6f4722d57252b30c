package me.syssecure;

/** Reports of codes. */
public final class AnalyticsService {
    private final AsyncAnalyticsService async;

    AnalyticsService(AsyncAnalyticsService async) {
        this.async = async;
    }

    /**
     * Counts codes that were sent, and how many were verified.
     *
     * @return the report
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Conversion conversion() {
        return conversion(ConversionParams.builder().build(), RequestOptions.none());
    }

    /**
     * Counts codes that were sent, and how many were verified.
     *
     * @param params the days and the groups
     * @return the report
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Conversion conversion(ConversionParams params) {
        return conversion(params, RequestOptions.none());
    }

    /**
     * Counts codes that were sent, and how many were verified.
     *
     * @param params  the days and the groups
     * @param options options of this call
     * @return the report
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Conversion conversion(ConversionParams params, RequestOptions options) {
        return Futures.result(async.conversion(params, options));
    }
}
