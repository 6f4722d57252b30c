package me.syssecure.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import me.syssecure.Transport;

/**
 * A transport that sends nothing: it records the requests, and gives the answers that it was told, in their order.
 *
 * <pre>{@code
 * var server = new FakeTransport().answer(200, "{\"otp_id\": \"otp_1\"}");
 * var client = SysSecure.builder().apiKey("sk_test_key").transport(server).build();
 * }</pre>
 */
public final class FakeTransport implements Transport {
    private final Deque<CompletableFuture<Response>> answers = new ArrayDeque<>();
    private final List<Request> requests = new ArrayList<>();

    /** Makes a transport without answers. */
    public FakeTransport() {}

    /**
     * Adds an answer.
     *
     * @param status the status, such as 200
     * @param json   the body
     * @return this
     */
    public FakeTransport answer(int status, String json) {
        return answer(status, Map.of(), json);
    }

    /**
     * Adds an answer with headers.
     *
     * @param status  the status, such as 429
     * @param headers the values by name, such as {@code Retry-After}
     * @param json    the body
     * @return this
     */
    public synchronized FakeTransport answer(int status, Map<String, String> headers, String json) {
        Map<String, List<String>> lists = new HashMap<>();
        headers.forEach((name, value) -> lists.put(name, List.of(value)));
        answers.add(CompletableFuture.completedFuture(
                new Response(status, lists, json.getBytes(StandardCharsets.UTF_8))));
        return this;
    }

    /**
     * Adds a failure instead of an answer, such as a connection that breaks off.
     *
     * @param reason what the exception says
     * @return this
     */
    public synchronized FakeTransport failure(String reason) {
        answers.add(CompletableFuture.failedFuture(new IOException(reason)));
        return this;
    }

    /**
     * Returns the requests that were made so far.
     *
     * @return the requests, in their order
     */
    public synchronized List<Request> requests() {
        return List.copyOf(requests);
    }

    /**
     * Returns the body of a request.
     *
     * @param index the number of the request, from 0
     * @return the body as text; empty when there is none
     */
    public synchronized String body(int index) {
        byte[] body = requests.get(index).body();
        return body == null ? "" : new String(body, StandardCharsets.UTF_8);
    }

    /**
     * Gives the next answer.
     *
     * @param request the request, which is recorded
     * @return the answer
     * @throws IllegalStateException when there are no more answers
     */
    @Override
    public synchronized CompletableFuture<Response> send(Request request) {
        requests.add(request);
        if (answers.isEmpty()) {
            throw new IllegalStateException("request " + requests.size() + " (" + request + ") has no answer");
        }

        return answers.remove();
    }
}
