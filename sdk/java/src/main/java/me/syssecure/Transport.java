package me.syssecure;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Sends HTTP requests for a client. Implement it to use another HTTP stack, or to answer in tests; see
 * {@link me.syssecure.testing.FakeTransport}.
 *
 * <p>The client sets the headers, makes the retries and keeps the time. A transport sends one request once, follows no
 * redirect, and must allow calls from several threads at once.
 */
public interface Transport {
    /**
     * Sends a request and reads the whole answer.
     *
     * @param request the request
     * @return the answer, whatever its status; it fails with an {@link java.io.IOException} when there is no whole
     *     answer. When it is cancelled, the transport gives the request up. The thread that completes it is not used
     *     for anything else.
     */
    CompletableFuture<Response> send(Request request);

    /** Releases the connections. The client calls it once. */
    default void close() {}

    /**
     * One HTTP request. Its text form shows neither headers nor body.
     *
     * @param method  the method in capitals, such as {@code POST}
     * @param uri     the whole address
     * @param headers the headers, with the key
     * @param body    the body in UTF-8, or null for none
     */
    record Request(String method, URI uri, Map<String, String> headers, byte[] body) {
        @Override
        public String toString() {
            return method + " " + Mask.numbers(uri.getRawPath());
        }
    }

    /**
     * One HTTP answer. Its text form shows neither headers nor body.
     *
     * @param status  the status, such as 200
     * @param headers the headers; names are compared without regard to case
     * @param body    the body; of one that is larger than 10 MB, any part that is larger than 10 MB
     */
    record Response(int status, Map<String, List<String>> headers, byte[] body) {
        @Override
        public String toString() {
            return "status " + status;
        }
    }
}
