package me.syssecure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import me.syssecure.testing.FakeTransport;
import org.junit.jupiter.api.Test;

/** Calls on a fake transport: what is sent, retried, thrown and cancelled. */
final class CallTest {
    private static final String SENT =
            "{\"otp_id\":\"otp_1\",\"status\":\"sent\",\"channel\":\"fax\",\"to\":\"+32470123456\",\"new\":1}";
    private static final String BUSY = "{\"code\":\"internal_error\",\"message\":\"busy\",\"request_id\":\"req_1\"}";
    private static final OtpSendParams SEND =
            OtpSendParams.builder("+32470123456").channels(Channel.SMS).expiresIn(Duration.ofMinutes(5)).build();

    private final FakeTransport server = new FakeTransport();
    private final CompletableFuture<Void> pause = new CompletableFuture<>();

    /** A client whose waits are over at once. */
    private SysSecure client() {
        return client(time -> CompletableFuture.completedFuture(null));
    }

    private SysSecure client(Function<Duration, CompletableFuture<Void>> sleep) {
        Clock clock = Clock.fixed(Instant.parse("2026-11-22T21:00:00Z"), ZoneOffset.UTC);
        Machine machine = new Machine(name -> null, clock, () -> 0.5, sleep);
        return SysSecure.builder().apiKey("sk_test_4f9c2d81").transport(server).machine(machine).build();
    }

    @Test
    void resultsKeepWhatIsUnknown() {
        server.answer(200, SENT);
        SentOtp otp = client().otp().send(SEND);
        assertEquals("otp_1", otp.id());
        assertEquals(Channel.of("fax"), otp.channel());
        assertEquals(1L, otp.raw().get("new"));
        assertEquals("{\"to\":\"+32470123456\",\"channels\":[\"sms\"],\"expires_in\":300}", server.body(0));
    }

    @Test
    void everyAttemptHasTheSameKeyAndBody() {
        server.failure("reset").answer(503, BUSY).answer(200, SENT);
        client().otp().send(SEND);

        List<Transport.Request> requests = server.requests();
        assertEquals(3, requests.size());
        for (int i = 1; i < 3; i++) {
            Map<String, String> headers = requests.get(i).headers();
            assertEquals(requests.get(0).headers().get("Idempotency-Key"), headers.get("Idempotency-Key"));
            assertEquals(Integer.toString(i), headers.get("X-SysSecure-Retry-Count"));
            assertEquals(server.body(0), server.body(i));
        }
    }

    @Test
    void twoCallsHaveTwoKeys() {
        server.answer(200, SENT).answer(200, SENT);
        SysSecure client = client();
        client.otp().send(SEND);
        client.otp().send(SEND);
        assertNotEquals(
                server.requests().get(0).headers().get("Idempotency-Key"),
                server.requests().get(1).headers().get("Idempotency-Key"));
    }

    @Test
    void errorsAtTheDefaultServerNameTheSetting() {
        server.answer(401, "{\"code\":\"unauthorized\",\"message\":\"no key sk_test_4f9c2d81\"}");
        AuthenticationException e = assertThrows(AuthenticationException.class, () -> client().balance().get());
        assertEquals("401 unauthorized: no key sk_…. Self-hosted? Set baseUrl or SYSSECURE_BASE_URL to the address of "
                + "your server.", e.getMessage());
        assertEquals("no key sk_…", e.message());
    }

    @Test
    void errorsTellAllThatTheServerTells() throws Exception {
        Map<String, String> headers = Map.of("retry-after", "30", "X-Request-Id", "req_header");
        server.answer(429, headers, "{\"code\":\"rate_limit_exceeded\",\"message\":\"soon for +32470123456\","
                + "\"details\":{\"otp_id\":\"otp_9\",\"limit\":\"5/10m\",\"doc_url\":\"https://d.example\","
                + "\"errors\":[{\"field\":\"to\",\"message\":\"a\"},{\"message\":\"b\"},3]}}");
        RateLimitException thrown = assertThrows(RateLimitException.class, () -> client().otp().send(SEND));

        List<FieldError> faults =
                List.of(new FieldError(Optional.of("to"), "a"), new FieldError(Optional.empty(), "b"));
        for (RateLimitException e : List.of(thrown, copy(thrown))) {
            assertEquals("429 rate_limit_exceeded: soon for +32…56 (request_id: req_header)", e.getMessage());
            assertEquals(Optional.of(Duration.ofSeconds(30)), e.retryAfter());
            assertEquals(Optional.of("otp_9"), e.otpId());
            assertEquals(Optional.of("5/10m"), e.limit());
            assertEquals(Optional.of("https://d.example"), e.docUrl());
            assertEquals(faults, e.errors());
            assertEquals(List.of("30"), e.headers().get("RETRY-AFTER"));
        }
    }

    /** Frameworks that pass exceptions on serialize them. */
    private static RateLimitException copy(RateLimitException e) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(e);
        }

        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (RateLimitException) in.readObject();
        }
    }

    @Test
    void theTraceBeginsWhereTheCallerCalled() {
        server.answer(503, BUSY).answer(503, BUSY).answer(503, BUSY);
        InternalServerException e = assertThrows(InternalServerException.class, () -> client().balance().get());
        assertTrue(Arrays.stream(e.getStackTrace())
                .anyMatch(frame -> frame.getClassName().startsWith(CallTest.class.getName())));
    }

    @Test
    void aFaultOfTheTransportIsNotTakenForALostConnection() {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> client().balance().get());
        assertEquals("request 1 (GET /v2/balance) has no answer", e.getMessage());

        server.answer(503, BUSY);
        assertThrows(IllegalStateException.class, () -> client().balance().get());
    }

    @Test
    void numbersInPathsAreNotShown() {
        assertThrows(IllegalStateException.class, () -> client().lookup("+32470123456"));
        assertEquals("GET /v2/lookup/%2B32…56", server.requests().get(0).toString());
        assertFalse(server.requests().get(0).toString().contains("sk_"));
    }

    @Test
    void futuresFailWithTheSameErrors() {
        AsyncSysSecure async = client().async();
        ExecutionException e = assertThrows(ExecutionException.class, () -> async.otp().get("..").get());
        assertInstanceOf(ConfigurationException.class, e.getCause());
        e = assertThrows(ExecutionException.class, () -> async.otp().verify("otp_1", null).get());
        assertInstanceOf(ConfigurationException.class, e.getCause());
        e = assertThrows(ExecutionException.class, () -> async.request(
                "GET", "balance", null, null, RequestOptions.none()).get());
        assertInstanceOf(ConfigurationException.class, e.getCause());

        server.answer(404, "{\"code\":\"not_found\",\"message\":\"m\"}");
        e = assertThrows(ExecutionException.class, () -> async.otp().get("otp_1").get());
        assertInstanceOf(NotFoundException.class, e.getCause());
    }

    @Test
    void cancellingEndsTheWait() {
        server.answer(503, BUSY);
        CompletableFuture<Duration> waiting = new CompletableFuture<>();
        CompletableFuture<Balance> call = client(time -> {
            waiting.complete(time);
            return pause;
        }).async().balance().get();
        assertEquals(Duration.ofMillis(375), waiting.join());
        assertTrue(call.cancel(true));
        assertThrows(CancellationException.class, call::join);
        assertThrows(CancellationException.class, () -> pause.get(10, TimeUnit.SECONDS));
        assertEquals(1, server.requests().size());
    }

    @Test
    void cancellingEndsTheAttempt() {
        CompletableFuture<Transport.Response> sent = new CompletableFuture<>();
        SysSecure client = SysSecure.builder().apiKey("sk_test_key").transport(request -> sent).build();
        client.async().balance().get().cancel(true);
        assertTrue(sent.isCancelled());
    }

    @Test
    void anInterruptEndsABlockingCallAndStaysSet() {
        server.answer(503, BUSY);
        Thread caller = Thread.currentThread();
        SysSecure client = client(time -> {
            caller.interrupt();
            return pause;
        });
        ApiConnectionException e = assertThrows(ApiConnectionException.class, () -> client.balance().get());
        assertInstanceOf(InterruptedException.class, e.getCause());
        assertTrue(pause.isCancelled());

        assertThrows(ApiConnectionException.class, () -> client.balance().get());
        assertTrue(Thread.interrupted(), "the flag stays set");
        assertEquals(1, server.requests().size(), "an interrupted thread sends nothing");
    }

    @Test
    void closingTwiceClosesOnce() {
        AtomicInteger closed = new AtomicInteger();
        SysSecure client = SysSecure.builder().apiKey("sk_test_key").transport(new Transport() {
            @Override
            public CompletableFuture<Response> send(Request request) {
                return new CompletableFuture<>();
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        }).build();
        client.close();
        client.close();
        assertEquals(1, closed.get());
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> client.balance().get());
        assertTrue(e.getMessage().contains("closed"), e.getMessage());
    }

    @Test
    void aRequestForWhatIsNewReturnsTheObject() {
        server.answer(200, "{\"x\":[1,null]}");
        Map<String, Object> query = Map.of("q", List.of(1, 2));
        Map<String, Object> answer =
                client().request("POST", "/new", Map.of("a", 1), query, RequestOptions.none());
        assertEquals(2, ((List<?>) answer.get("x")).size());
        assertEquals("https://api.syssecure.me/v2/new?q=1%2C2", server.requests().get(0).uri().toString());
        assertEquals("{\"a\":1}", server.body(0));
    }
}
