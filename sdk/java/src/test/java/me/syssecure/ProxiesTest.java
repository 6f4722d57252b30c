package me.syssecure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which proxy a request takes. */
final class ProxiesTest {
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "HTTP_PROXY", "http://plain.example:3128",
            "https_proxy", "secure.example:8080",
            "NO_PROXY", "internal.example, .dot.example port.example:8443,10.0.0.1");

    private static String chosen(Proxies proxies, String url) {
        Proxy proxy = proxies.select(URI.create(url)).get(0);
        return proxy.address() instanceof InetSocketAddress a ? a.getHostString() + ":" + a.getPort() : "direct";
    }

    @ParameterizedTest
    @CsvSource({
        "http://a.example, plain.example:3128",
        "https://a.example, secure.example:8080",
        "https://internal.example, direct",
        "https://INTERNAL.example, direct",
        "https://a.internal.example, direct",
        "https://notinternal.example, secure.example:8080",
        "https://dot.example, direct",
        "https://a.dot.example, direct",
        "https://port.example:8443, direct",
        "https://port.example, secure.example:8080",
        "https://10.0.0.1, direct",
        "https://10.0.0.11, secure.example:8080",
    })
    void environment(String url, String want) {
        assertEquals(want, chosen(Proxies.of(ENVIRONMENT::get), url));
    }

    @Test
    void aStarMeansNoProxyAtAll() {
        Map<String, String> all = Map.of("HTTPS_PROXY", "http://p.example", "NO_PROXY", "*");
        assertEquals("direct", chosen(Proxies.of(all::get), "https://a.example"));
    }

    @Test
    void withoutVariablesTheOneOfTheJvmCounts() {
        System.setProperty("https.proxyHost", "jvm.example");
        try {
            assertEquals("jvm.example:443", chosen(Proxies.of(name -> null), "https://a.example"));
        } finally {
            System.clearProperty("https.proxyHost");
        }
    }

    @Test
    void theOptionCountsForEveryRequest() {
        Proxies proxies = Proxies.of("http://user:p%40ss@one.example");
        assertEquals("one.example:80", chosen(proxies, "http://a.example"));
        assertEquals("one.example:80", chosen(proxies, "https://a.example"));
        assertEquals(Optional.of("Basic dXNlcjpwQHNz"), proxies.authorization(URI.create("https://a.example")));
        assertEquals(Optional.empty(), Proxies.of(ENVIRONMENT::get).authorization(URI.create("https://a.example")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://u:secret@p.example", "socks5://u:secret@p", "http://", "http://u:secret@ x", ""})
    void refused(String url) {
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> Proxies.of(url));
        assertFalse(e.getMessage().contains("secret"), e.getMessage());
    }
}
