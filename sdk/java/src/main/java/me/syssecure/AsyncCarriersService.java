package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** What the carriers of the server do, for keys with the scope {@code operator}. Every method returns at once. */
public final class AsyncCarriersService {
    private final Requester requester;

    AsyncCarriersService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Lists the carriers with their state.
     *
     * @return a future of one page with all of them
     */
    public CompletableFuture<AsyncPage<Carrier>> list() {
        return list(RequestOptions.none());
    }

    /**
     * Lists the carriers with their state.
     *
     * @param options options of this call
     * @return a future of one page with all of them
     */
    public CompletableFuture<AsyncPage<Carrier>> list(RequestOptions options) {
        return AsyncPage.first(requester, Call.of("GET", "/carriers", Slice.of(Carrier::of)), options);
    }

    /**
     * Lets no message go to a carrier until it is resumed.
     *
     * @param carrier the carrier's name in the server's configuration
     * @return a future of the carrier
     */
    public CompletableFuture<Carrier> pause(String carrier) {
        return pause(carrier, RequestOptions.none());
    }

    /**
     * Lets no message go to a carrier until it is resumed.
     *
     * @param carrier the carrier's name in the server's configuration
     * @param options options of this call
     * @return a future of the carrier
     */
    public CompletableFuture<Carrier> pause(String carrier, RequestOptions options) {
        return requester.send(Call.of("POST", "/carriers/{carrier}/pause", Carrier::of, carrier), options);
    }

    /**
     * Lets messages go to a carrier again.
     *
     * @param carrier the carrier's name in the server's configuration
     * @return a future of the carrier
     */
    public CompletableFuture<Carrier> resume(String carrier) {
        return resume(carrier, RequestOptions.none());
    }

    /**
     * Lets messages go to a carrier again.
     *
     * @param carrier the carrier's name in the server's configuration
     * @param options options of this call
     * @return a future of the carrier
     */
    public CompletableFuture<Carrier> resume(String carrier, RequestOptions options) {
        return requester.send(Call.of("POST", "/carriers/{carrier}/resume", Carrier::of, carrier), options);
    }

    /**
     * Tests the connection to a carrier, and sends a message if you give a number.
     *
     * @param carrier the carrier's name in the server's configuration
     * @return a future of what was found
     */
    public CompletableFuture<CarrierTest> test(String carrier) {
        return test(carrier, null, RequestOptions.none());
    }

    /**
     * Tests the connection to a carrier, and sends a message if you give a number.
     *
     * @param carrier the carrier's name in the server's configuration
     * @param to      a number to which a test message is sent, in E.164 format; null for none
     * @return a future of what was found
     */
    public CompletableFuture<CarrierTest> test(String carrier, String to) {
        return test(carrier, to, RequestOptions.none());
    }

    /**
     * Tests the connection to a carrier, and sends a message if you give a number.
     *
     * @param carrier the carrier's name in the server's configuration
     * @param to      a number to which a test message is sent, in E.164 format; null for none
     * @param options options of this call
     * @return a future of what was found
     */
    public CompletableFuture<CarrierTest> test(String carrier, String to, RequestOptions options) {
        Call<CarrierTest> call = Call.of("POST", "/carriers/{carrier}/test", CarrierTest::of, carrier)
                .withBody(Params.given("to", to));
        return requester.send(call, options);
    }
}
