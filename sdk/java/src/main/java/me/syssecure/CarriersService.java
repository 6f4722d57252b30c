package me.syssecure;

/** What the carriers of the server do, for keys with the scope {@code operator}. */
public final class CarriersService {
    private final AsyncCarriersService async;

    CarriersService(AsyncCarriersService async) {
        this.async = async;
    }

    /**
     * Lists the carriers with their state.
     *
     * @return one page with all of them
     * @throws AuthenticationException when the key lacks the scope
     */
    public Page<Carrier> list() {
        return list(RequestOptions.none());
    }

    /**
     * Lists the carriers with their state.
     *
     * @param options options of this call
     * @return one page with all of them
     * @throws AuthenticationException when the key lacks the scope
     */
    public Page<Carrier> list(RequestOptions options) {
        return new Page<>(Futures.result(async.list(options)));
    }

    /**
     * Lets no message go to a carrier until it is resumed.
     *
     * @param carrier the carrier's name in the server's configuration
     * @return the carrier
     * @throws NotFoundException when there is no such carrier
     */
    public Carrier pause(String carrier) {
        return pause(carrier, RequestOptions.none());
    }

    /**
     * Lets no message go to a carrier until it is resumed.
     *
     * @param carrier the carrier's name in the server's configuration
     * @param options options of this call
     * @return the carrier
     * @throws NotFoundException when there is no such carrier
     */
    public Carrier pause(String carrier, RequestOptions options) {
        return Futures.result(async.pause(carrier, options));
    }

    /**
     * Lets messages go to a carrier again.
     *
     * @param carrier the carrier's name in the server's configuration
     * @return the carrier
     * @throws NotFoundException when there is no such carrier
     */
    public Carrier resume(String carrier) {
        return resume(carrier, RequestOptions.none());
    }

    /**
     * Lets messages go to a carrier again.
     *
     * @param carrier the carrier's name in the server's configuration
     * @param options options of this call
     * @return the carrier
     * @throws NotFoundException when there is no such carrier
     */
    public Carrier resume(String carrier, RequestOptions options) {
        return Futures.result(async.resume(carrier, options));
    }

    /**
     * Tests the connection to a carrier, and sends a message if you give a number.
     *
     * @param carrier the carrier's name in the server's configuration
     * @return what was found
     * @throws RateLimitException when it was tested a moment ago
     */
    public CarrierTest test(String carrier) {
        return test(carrier, null, RequestOptions.none());
    }

    /**
     * Tests the connection to a carrier, and sends a message if you give a number.
     *
     * @param carrier the carrier's name in the server's configuration
     * @param to      a number to which a test message is sent, in E.164 format; null for none
     * @return what was found
     * @throws RateLimitException when it was tested a moment ago
     */
    public CarrierTest test(String carrier, String to) {
        return test(carrier, to, RequestOptions.none());
    }

    /**
     * Tests the connection to a carrier, and sends a message if you give a number.
     *
     * @param carrier the carrier's name in the server's configuration
     * @param to      a number to which a test message is sent, in E.164 format; null for none
     * @param options options of this call
     * @return what was found
     * @throws RateLimitException when it was tested a moment ago
     */
    public CarrierTest test(String carrier, String to, RequestOptions options) {
        return Futures.result(async.test(carrier, to, options));
    }
}
