package me.syssecure;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Chooses the proxy: the one that the client was given, or those of the environment, or those of the JVM. */
final class Proxies extends ProxySelector {
    private static final List<Proxy> DIRECT = List.of(Proxy.NO_PROXY);

    private final URI forHttp;
    private final URI forHttps;
    private final List<String> exceptions;
    private final boolean isOption;

    private Proxies(URI forHttp, URI forHttps, List<String> exceptions, boolean isOption) {
        this.forHttp = forHttp;
        this.forHttps = forHttps;
        this.exceptions = exceptions;
        this.isOption = isOption;
    }

    /** The proxy of the option, for every request. */
    static Proxies of(String proxy) {
        URI uri = parse("proxy", proxy);
        return new Proxies(uri, uri, List.of(), true);
    }

    /** The proxies of {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY}, in capitals or not. */
    static Proxies of(UnaryOperator<String> environment) {
        return new Proxies(
                fromEnvironment(environment, "HTTP_PROXY"),
                fromEnvironment(environment, "HTTPS_PROXY"),
                List.of(variable(environment, "NO_PROXY").toLowerCase(Locale.ROOT).split("[,\\s]+")),
                false);
    }

    private static URI fromEnvironment(UnaryOperator<String> environment, String name) {
        String value = variable(environment, name);
        return value.isEmpty() ? null : parse(name, value);
    }

    private static String variable(UnaryOperator<String> environment, String name) {
        String lower = environment.apply(name.toLowerCase(Locale.ROOT));
        String value = lower == null || lower.isEmpty() ? environment.apply(name) : lower;
        return value == null ? "" : value.strip();
    }

    /** The message does not hold the address, because it may hold a password. */
    private static URI parse(String name, String value) {
        try {
            URI uri = new URI(value.contains("://") ? value : "http://" + value);
            if ("http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw new ConfigurationException(name + " is not a URL");
        }

        throw new ConfigurationException(name + " must be the URL of an HTTP proxy, such as http://proxy.example:3128");
    }

    @Override
    public List<Proxy> select(URI target) {
        URI proxy = choose(target);
        if (proxy != null) {
            int port = proxy.getPort() < 0 ? 80 : proxy.getPort();
            return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), port)));
        }

        ProxySelector ofJvm = ProxySelector.getDefault();
        return forHttp != null || forHttps != null || ofJvm == null ? DIRECT : ofJvm.select(target);
    }

    /** The value of {@code Proxy-Authorization}, when the proxy for the target wants a user. */
    Optional<String> authorization(URI target) {
        URI proxy = choose(target);
        if (proxy == null || proxy.getUserInfo() == null) {
            return Optional.empty();
        }

        byte[] user = proxy.getUserInfo().getBytes(StandardCharsets.UTF_8);
        return Optional.of("Basic " + Base64.getEncoder().encodeToString(user));
    }

    /** A proxy of the environment would see the key that plain HTTP carries to this machine, so it is passed by. */
    private URI choose(URI target) {
        URI proxy = "https".equals(target.getScheme()) ? forHttps : forHttp;
        boolean direct = !isOption && BaseUrl.isLoopback(target.getHost());
        return proxy == null || direct || isException(target) ? null : proxy;
    }

    private boolean isException(URI target) {
        String host = target.getHost().toLowerCase(Locale.ROOT);
        int port = target.getPort() >= 0 ? target.getPort() : "https".equals(target.getScheme()) ? 443 : 80;
        return exceptions.stream().anyMatch(entry -> covers(entry, host, port));
    }

    /** An entry is {@code *}, a host, which covers the names below it, or either with a port. */
    private static boolean covers(String entry, String host, int port) {
        String suffix = ":" + port;
        String name = entry.endsWith(suffix) ? entry.substring(0, entry.length() - suffix.length()) : entry;
        name = name.startsWith(".") ? name.substring(1) : name;
        boolean same = host.equals(name) || host.equals("[" + name + "]");
        return name.equals("*") || !name.isEmpty() && (same || host.endsWith("." + name));
    }

    @Override
    public void connectFailed(URI target, SocketAddress proxy, IOException cause) {
        // The call itself reports the failure.
    }
}
