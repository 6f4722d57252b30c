package me.syssecure;

/** The numbers that want no messages. */
public final class OptOutsService {
    private final AsyncOptOutsService async;

    OptOutsService(AsyncOptOutsService async) {
        this.async = async;
    }

    /**
     * Lists the numbers that opted out.
     *
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<OptOut> list() {
        return list(OptOutListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the numbers that opted out.
     *
     * @param params what to list
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<OptOut> list(OptOutListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists the numbers that opted out.
     *
     * @param params  what to list
     * @param options options of this call
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<OptOut> list(OptOutListParams params, RequestOptions options) {
        return new Page<>(Futures.result(async.list(params, options)));
    }

    /**
     * Opts a number out. It may have opted out already.
     *
     * @param number the number in E.164 format
     * @return the opt-out
     * @throws InvalidPhoneException when the number is invalid
     */
    public OptOut put(String number) {
        return put(number, RequestOptions.none());
    }

    /**
     * Opts a number out. It may have opted out already.
     *
     * @param number  the number in E.164 format
     * @param options options of this call
     * @return the opt-out
     * @throws InvalidPhoneException when the number is invalid
     */
    public OptOut put(String number, RequestOptions options) {
        return Futures.result(async.put(number, options));
    }

    /**
     * Removes the opt-out of a number.
     *
     * @param number the number in E.164 format
     * @return the opt-out that was removed
     * @throws NotFoundException when the number has not opted out
     */
    public OptOut delete(String number) {
        return delete(number, RequestOptions.none());
    }

    /**
     * Removes the opt-out of a number.
     *
     * @param number  the number in E.164 format
     * @param options options of this call
     * @return the opt-out that was removed
     * @throws NotFoundException when the number has not opted out
     */
    public OptOut delete(String number, RequestOptions options) {
        return Futures.result(async.delete(number, options));
    }
}
