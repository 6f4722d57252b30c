package me.syssecure;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Checks and completes the address of the server. */
final class BaseUrl {
    static final String DEFAULT = "https://api.syssecure.me";
    static final String VERSION_PATH = "/v2";

    private static final Pattern LOOPBACK = Pattern.compile("127(\\.[0-9]{1,3}){3}|\\[(0*:)+0*1]");

    private BaseUrl() {}

    /** The address without slashes at its end and with {@code /v2}. */
    static String complete(String url, boolean allowInsecureHttp) {
        URI uri = parse(url);
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        if (scheme.equals("http") && !allowInsecureHttp && !isLoopback(uri.getHost())) {
            throw new ConfigurationException("the base URL has plain http to " + uri.getHost() + ", which would send "
                    + "the key and the codes unencrypted. Use https, or set allowInsecureHttp(true) if you trust the "
                    + "network");
        }

        String path = uri.getRawPath().replaceAll("/+$", "");
        return scheme + "://" + uri.getRawAuthority() + (path.endsWith(VERSION_PATH) ? path : path + VERSION_PATH);
    }

    /** No message holds the URL, because it may hold a password. */
    private static URI parse(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new ConfigurationException("the base URL is not a URL: give one like " + DEFAULT);
        }

        boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        if (!http || uri.getRawAuthority() == null) {
            throw new ConfigurationException("the base URL must be absolute and begin with https:// or http://");
        }

        if (uri.getRawAuthority().contains("@")) {
            throw new ConfigurationException("the base URL must not hold a user or a password");
        }

        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new ConfigurationException("the base URL must not hold a query or a fragment");
        }

        if (uri.getHost() == null || uri.getPort() > 65535) {
            throw new ConfigurationException("the base URL has no valid host and port");
        }

        return uri;
    }

    /** Whether a host is this machine. */
    static boolean isLoopback(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("localhost") || name.endsWith(".localhost") || LOOPBACK.matcher(name).matches();
    }
}
