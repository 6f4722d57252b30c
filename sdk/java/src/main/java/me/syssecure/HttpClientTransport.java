package me.syssecure;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Sends requests with the HTTP client of the platform. */
final class HttpClientTransport implements Transport {
    /** The proxies of the built-in client; null with a client of the caller's, who then decides about proxies. */
    private final Proxies proxies;

    private volatile HttpClient client;

    private HttpClientTransport(HttpClient client, Proxies proxies) {
        this.client = client;
        this.proxies = proxies;
    }

    static HttpClientTransport builtIn(HttpClient client, Proxies proxies) {
        return new HttpClientTransport(client, proxies);
    }

    static HttpClientTransport ofCaller(HttpClient client) {
        return new HttpClientTransport(client, null);
    }

    @Override
    public CompletableFuture<Response> send(Request request) {
        HttpClient open = client;
        if (open == null) {
            return CompletableFuture.failedFuture(new ConfigurationException("the client is closed"));
        }

        CompletableFuture<Response> answer = new CompletableFuture<>();
        CompletableFuture<HttpResponse<Boolean>> sent =
                open.sendAsync(translate(request), info -> new Body(info, answer));
        sent.whenComplete((response, error) -> {
            if (error != null) {
                answer.completeExceptionally(ConnectionFailures.withoutAnswer(Futures.cause(error)));
            } else if (response.body() == null) { // what a proxy answers to CONNECT is not read
                answer.completeExceptionally(new IOException("the proxy answered " + response.statusCode()));
            }
        });
        answer.whenComplete((response, error) -> {
            if (error != null) {
                sent.cancel(true); // ends the exchange when the answer was cancelled
            }
        });
        return answer;
    }

    private HttpRequest translate(Request request) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(request.uri());
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
        if (proxies == null) {
            return builder.method(request.method(), body).build();
        }

        proxies.authorization(request.uri()).ifPresent(value -> builder.header("Proxy-Authorization", value));
        return builder.method(request.method(), new Once(body)).build();
    }

    /** Java 17 closes the connections when nothing refers to the client; since Java 21 it has a method for it. */
    @Override
    public void close() {
        client = null;
    }

    /**
     * Lets a request be sent once. The HTTP client sends a GET up to five times when the connection ends before the
     * first byte of an answer, and nobody learns of it; it asks for the length each time. A client of the caller's may
     * have to send a request again with the password of a proxy, so that this is not for it.
     */
    private static final class Once implements HttpRequest.BodyPublisher {
        private final HttpRequest.BodyPublisher body;
        private boolean used;

        Once(HttpRequest.BodyPublisher body) {
            this.body = body;
        }

        @Override
        public synchronized long contentLength() {
            if (used) {
                throw new UncheckedIOException(new IOException("the connection ended before an answer"));
            }

            used = true;
            return body.contentLength();
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            body.subscribe(subscriber);
        }
    }

    /**
     * Collects a body, and stops reading when it is larger than an answer may be. It completes the answer itself,
     * because the future of the HTTP client is completed later, by another thread.
     */
    private static final class Body implements HttpResponse.BodySubscriber<Boolean> {
        private final HttpResponse.ResponseInfo info;
        private final CompletableFuture<Response> answer;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CompletableFuture<Boolean> end = new CompletableFuture<>();
        private Flow.Subscription subscription;

        Body(HttpResponse.ResponseInfo info, CompletableFuture<Response> answer) {
            this.info = info;
            this.answer = answer;
        }

        @Override
        public CompletionStage<Boolean> getBody() {
            return end;
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
            end.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            end.complete(true);
            answer.complete(new Response(info.statusCode(), info.headers().map(), bytes.toByteArray()));
        }
    }
}
