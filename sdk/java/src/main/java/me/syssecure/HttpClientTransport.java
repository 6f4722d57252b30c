package me.syssecure;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Function;

/** Sends requests with the HTTP client of the platform. */
final class HttpClientTransport implements Transport {
    private final Function<URI, Optional<String>> proxyAuthorization;
    private volatile HttpClient client;

    HttpClientTransport(HttpClient client, Function<URI, Optional<String>> proxyAuthorization) {
        this.client = client;
        this.proxyAuthorization = proxyAuthorization;
    }

    @Override
    public CompletableFuture<Response> send(Request request) {
        HttpClient open = client;
        if (open == null) {
            return CompletableFuture.failedFuture(new ConfigurationException("the client is closed"));
        }

        CompletableFuture<HttpResponse<byte[]>> sent = open.sendAsync(translate(request), info -> new Body());
        CompletableFuture<Response> answer = sent.thenApply(
                response -> new Response(response.statusCode(), response.headers().map(), response.body()));
        answer.whenComplete((response, error) -> sent.cancel(true)); // ends the exchange if answer was cancelled
        return answer;
    }

    private HttpRequest translate(Request request) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(request.uri());
        proxyAuthorization.apply(request.uri()).ifPresent(value -> builder.header("Proxy-Authorization", value));
        request.headers().forEach((name, value) -> {
            try {
                builder.setHeader(name, value);
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException("the header " + name + " cannot be sent: its name is reserved for the "
                        + "HTTP client, or it contains a character that headers cannot hold");
            }
        });

        HttpRequest.BodyPublisher body = request.body() == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(request.body());
        return builder.method(request.method(), body).build();
    }

    /** Java 17 closes the connections when nothing refers to the client; since Java 21 it has a method for it. */
    @Override
    public void close() {
        client = null;
    }

    /** Collects a body, and stops reading when it is larger than an answer may be. */
    private static final class Body implements HttpResponse.BodySubscriber<byte[]> {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CompletableFuture<byte[]> result = new CompletableFuture<>();
        private Flow.Subscription subscription;

        @Override
        public CompletionStage<byte[]> getBody() {
            return result;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                byte[] chunk = new byte[buffer.remaining()];
                buffer.get(chunk);
                bytes.writeBytes(chunk);
            }

            if (bytes.size() > Answer.MAX_BYTES) {
                subscription.cancel();
                onComplete();
            }
        }

        @Override
        public void onError(Throwable error) {
            result.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            result.complete(bytes.toByteArray());
        }
    }
}
