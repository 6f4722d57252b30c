package me.syssecure;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import me.syssecure.testing.FakeTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options of the client and of single calls. */
final class ClientBuilderTest {
    static Machine machine(Map<String, String> environment) {
        return new Machine(environment::get, Clock.systemUTC(), () -> 0.5, Machine.REAL.sleep());
    }

    private static ClientBuilder empty() {
        return SysSecure.builder().machine(machine(Map.of()));
    }

    private static ClientBuilder builder() {
        return empty().apiKey("sk_test_key");
    }

    static List<Arguments> refused() {
        HttpClient following = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
        HttpClient plain = HttpClient.newHttpClient();
        Map<String, String> withNull = new HashMap<>();
        withNull.put("X-A", null);
        return List.of(
                wrong("no timeout", b -> b.timeout(Duration.ZERO), "above 0"),
                wrong("negative timeout", b -> b.timeout(Duration.ofMillis(-1)), "above 0"),
                wrong("endless timeout", b -> b.timeout(Duration.ofSeconds(Long.MAX_VALUE)), "at most a year"),
                wrong("no connect timeout", b -> b.connectTimeout(Duration.ZERO), "connectTimeout"),
                wrong("null", b -> b.timeout(null), "timeout is null"),
                wrong("negative retries", b -> b.maxRetries(-1), "maxRetries"),
                wrong("negative Retry-After", b -> b.maxRetryAfter(Duration.ofSeconds(-1)), "maxRetryAfter"),
                wrong("line break in a header", b -> b.headers(Map.of("X-A", "1\r\nX-B: 2")), "line break"),
                wrong("line break in a name", b -> b.headers(Map.of("X-A\n", "1")), "line break"),
                wrong("no name", b -> b.headers(Map.of("", "1")), "empty"),
                wrong("no value", b -> b.headers(withNull), "null"),
                wrong("key as a header", b -> b.headers(Map.of("AUTHORIZATION", "Bearer x")), "apiKey"),
                wrong("length as a header", b -> b.headers(Map.of("content-length", "1")), "belongs to the connection"),
                wrong("idempotency key for all", b -> b.headers(Map.of("idempotency-key", "1")), "one call"),
                wrong("NUL in the user agent", b -> b.userAgent("a\u0000b"), "NUL"),
                wrong("missing file", b -> b.caFile(Path.of("missing.pem")), "missing.pem"),
                wrong("file without certificates", b -> b.caFile(Path.of("pom.xml")), "pom.xml"),
                wrong("client that follows redirects", b -> b.httpClient(following), "followRedirects(NEVER)"),
                wrong("proxy beside a client", b -> b.httpClient(plain).proxy("http://p"), "built-in"),
                wrong("two stacks", b -> b.httpClient(plain).transport(new FakeTransport()), "either"));
    }

    private static Arguments wrong(String name, Consumer<ClientBuilder> option, String message) {
        return Arguments.of(name, option, message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refused(String name, Consumer<ClientBuilder> option, String message) {
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> {
            ClientBuilder builder = builder();
            option.accept(builder);
            builder.build();
        });
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sk secret", "sk_secret\n", "sk_secret\u00E9", "\tsk_secret", "sk_secret\u0661"})
    void aKeyWithOtherCharactersIsRefusedAndNotShown(String key) {
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> empty().apiKey(key).build());
        assertFalse(e.getMessage().contains("secret"), e.getMessage());
    }

    @Test
    void withoutAKeyBothWaysAreNamed() {
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> empty().build());
        assertTrue(e.getMessage().contains("apiKey") && e.getMessage().contains("SYSSECURE_API_KEY"), e.getMessage());
    }

    @Test
    void anEmptyArgumentDoesNotFallBack() {
        Machine machine = machine(Map.of("SYSSECURE_API_KEY", "sk_env", "SYSSECURE_BASE_URL", "https://env.example"));
        assertThrows(ConfigurationException.class, () -> SysSecure.builder().machine(machine).apiKey("").build());
        assertThrows(ConfigurationException.class, () -> SysSecure.builder().machine(machine).baseUrl("").build());
    }

    @Test
    void theEnvironmentFillsWhatIsNotGiven() {
        Machine machine = machine(Map.of("SYSSECURE_API_KEY", "sk_live_environment", "SYSSECURE_BASE_URL", ""));
        try (SysSecure client = SysSecure.builder().machine(machine).build()) {
            String shown = "[apiKey=sk_live_…, baseUrl=https://api.syssecure.me/v2]";
            assertEquals("SysSecure" + shown, client.toString());
            assertEquals("AsyncSysSecure" + shown, client.async().toString());
        }
    }

    @Test
    void aClientOfTheCallersIsAccepted() {
        assertDoesNotThrow(() -> builder().httpClient(HttpClient.newHttpClient()).build().close());
    }

    static List<Arguments> refusedOptions() {
        return List.of(
                Arguments.of("empty key", (Runnable) () -> RequestOptions.idempotencyKey("")),
                Arguments.of("long key", (Runnable) () -> RequestOptions.idempotencyKey("k".repeat(256))),
                Arguments.of("key beyond ASCII", (Runnable) () -> RequestOptions.idempotencyKey("é")),
                Arguments.of("no timeout", (Runnable) () -> RequestOptions.builder().timeout(Duration.ZERO)),
                Arguments.of("negative retries", (Runnable) () -> RequestOptions.builder().maxRetries(-1)),
                Arguments.of("key of the account", (Runnable)
                        () -> RequestOptions.builder().headers(Map.of("authorization", "x"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refusedOptions(String name, Runnable option) {
        assertThrows(ConfigurationException.class, option::run);
    }

    @Test
    void theUserAgentHasNoCharacterThatHeadersCannotHold() {
        assertTrue(Version.USER_AGENT.matches("syssecure-java/2\\.1\\.3 \\(java/[\\w.+-]+; [\\w.+-]+ [\\w.+-]+\\)"),
                Version.USER_AGENT);
    }
}
