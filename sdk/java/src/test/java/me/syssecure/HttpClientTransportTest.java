package me.syssecure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The built-in HTTP stack, on real sockets. */
final class HttpClientTransportTest {
    private static final String BALANCE = "{\"credits\":5,\"held\":0}";

    private ServerSocket listener;

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    private ClientBuilder builder() {
        return SysSecure.builder()
                .machine(ClientBuilderTest.machine(Map.of()))
                .apiKey("sk_test_key")
                .baseUrl("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Answers one request on each connection with a text, and counts the requests. */
    private AtomicInteger serve(String answer) {
        AtomicInteger requests = new AtomicInteger();
        CompletableFuture.runAsync(() -> {
            while (true) {
                try (Socket socket = listener.accept()) {
                    if (readHead(socket.getInputStream())) {
                        requests.incrementAndGet();
                        socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                    }
                } catch (IOException e) {
                    return;
                }
            }
        });
        return requests;
    }

    /** Whether there is a whole head of a request. */
    private static boolean readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            head.append((char) next);
        }

        return true;
    }

    private static String ok(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body;
    }

    @Test
    void aGetIsSentOnceForEachAttempt() {
        AtomicInteger requests = serve("");
        try (SysSecure client = builder().maxRetries(0).build()) {
            assertThrows(ApiConnectionException.class, () -> client.balance().get());
        }

        assertEquals(1, requests.get());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: sk_test_key\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nsk_test_key Shipped: 1\r\n\r\n",
        "sk_test_key Shipped\r\n\r\n",
        "{\"key\": \"sk_test_key\", \"body\": \"Shipped\"}"
    })
    void whatIsNotHttpIsAConnectionErrorThatDoesNotShowIt(String answer) {
        serve(answer);
        try (SysSecure client = builder().maxRetries(0).build()) {
            ApiConnectionException e = assertThrows(ApiConnectionException.class, () -> client.balance().get());
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            assertFalse(trace.toString().contains("sk_test_key"), trace.toString());
            assertFalse(trace.toString().contains("Shipped"), trace.toString());
        }
    }

    @Test
    void aProxyThatRefusesSaysSo() {
        serve("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\n"
                + "Content-Length: 0\r\n\r\n");
        String proxy = "http://127.0.0.1:" + listener.getLocalPort();
        try (SysSecure client = builder().baseUrl("https://otp.example").proxy(proxy).maxRetries(0).build()) {
            ApiConnectionException e = assertThrows(ApiConnectionException.class, () -> client.balance().get());
            assertTrue(e.getMessage().contains("407"), e.getMessage());
        }
    }

    @Test
    void aClientOfTheCallersIsUsed() {
        serve(ok(BALANCE));
        try (SysSecure client = builder().httpClient(HttpClient.newHttpClient()).build()) {
            assertEquals(5, client.balance().get().credits());
        }
    }

    /** What follows may wait, such as for another call on the connection that the thread would read from. */
    @Test
    void whatFollowsAFutureDoesNotRunInTheThreadThatReads() throws Exception {
        CompletableFuture<Void> isFollowed = new CompletableFuture<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            isFollowed.join();
            exchange.sendResponseHeaders(200, BALANCE.length());
            exchange.getResponseBody().write(BALANCE.getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        try (SysSecure client = builder().baseUrl(url).build()) {
            CompletableFuture<String> thread =
                    client.async().balance().get().thenApply(balance -> Thread.currentThread().getName());
            isFollowed.complete(null);
            String name = thread.get(10, TimeUnit.SECONDS);
            assertFalse(name.startsWith("HttpClient"), name);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aHeaderThatTheStackRefusesIsAnArgumentError() {
        try (SysSecure client = builder().headers(Map.of("no name", "x")).build()) {
            ConfigurationException e = assertThrows(ConfigurationException.class, () -> client.balance().get());
            assertTrue(e.getMessage().contains("no name"), e.getMessage());
        }
    }

    @Test
    void aTimeoutGivesTheConnectionUp() throws Exception {
        CompletableFuture<Integer> afterTimeout = CompletableFuture.supplyAsync(() -> {
            try (Socket socket = listener.accept()) {
                InputStream in = socket.getInputStream();
                readHead(in);
                byte[] begun = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".getBytes(StandardCharsets.US_ASCII);
                socket.getOutputStream().write(begun);
                return in.read(); // ends when the client closes
            } catch (IOException e) {
                return -1;
            }
        });

        try (SysSecure client = builder().timeout(Duration.ofMillis(50)).maxRetries(0).build()) {
            ApiTimeoutException e = assertThrows(ApiTimeoutException.class, () -> client.balance().get());
            assertTrue(e.getMessage().contains("within 50 ms"), e.getMessage());
        }

        assertEquals(-1, afterTimeout.get());
    }

    @Test
    void aBodyThatIsTooLargeIsCutOff() {
        String head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
        serve(head + " ".repeat(Answer.MAX_BYTES + 100_000));
        try (SysSecure client = builder().build()) {
            ApiResponseException e = assertThrows(ApiResponseException.class, () -> client.balance().get());
            assertTrue(e.getMessage().contains("10 MB"), e.getMessage());
        }
    }
}
