package me.syssecure;

import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Collects the options of a client. Everything but the key has a default. */
public final class ClientBuilder {
    private static final String KEY_VARIABLE = "SYSSECURE_API_KEY";
    private static final String URL_VARIABLE = "SYSSECURE_BASE_URL";

    private String apiKey;
    private String baseUrl;
    private Duration timeout = Duration.ofSeconds(30);
    private Duration connectTimeout;
    private int maxRetries = 2;
    private Duration maxRetryAfter = Duration.ofSeconds(10);
    private Map<String, String> headers = Map.of();
    private String userAgent;
    private System.Logger logger;
    private String proxy;
    private Path caFile;
    private boolean allowInsecureHttp;
    private HttpClient httpClient;
    private Transport transport;
    private Machine machine = Machine.REAL;

    ClientBuilder() {}

    /**
     * Sets the key. Without it, the one in {@code SYSSECURE_API_KEY} is used.
     *
     * @param key the key, {@code sk_live_…} or {@code sk_test_…}
     * @return this
     */
    public ClientBuilder apiKey(String key) {
        apiKey = Checks.given("apiKey", key);
        return this;
    }

    /**
     * Sets the address of the server. Without it, the one in {@code SYSSECURE_BASE_URL} is used, or else
     * {@code https://api.syssecure.me}. {@code /v2} is added unless the path ends with it.
     *
     * @param url the address, such as {@code https://otp.example.com}
     * @return this
     */
    public ClientBuilder baseUrl(String url) {
        baseUrl = Checks.given("baseUrl", url);
        return this;
    }

    /**
     * Sets how long one attempt may take, from its beginning to the last byte of the answer; 30 seconds by default.
     *
     * @param timeout the time, above 0
     * @return this
     */
    public ClientBuilder timeout(Duration timeout) {
        this.timeout = Checks.timeout("timeout", Checks.given("timeout", timeout));
        return this;
    }

    /**
     * Sets how long connecting may take; 5 seconds by default.
     *
     * @param timeout the time, above 0
     * @return this
     */
    public ClientBuilder connectTimeout(Duration timeout) {
        connectTimeout = Checks.timeout("connectTimeout", Checks.given("connectTimeout", timeout));
        return this;
    }

    /**
     * Sets how many attempts may follow the first; 2 by default.
     *
     * @param retries the number; 0 for none
     * @return this
     */
    public ClientBuilder maxRetries(int retries) {
        maxRetries = Checks.notNegative("maxRetries", retries);
        return this;
    }

    /**
     * Sets the longest {@code Retry-After} that is waited for; 10 seconds by default. When the server asks for more,
     * the error is thrown at once.
     *
     * @param time the time; zero to wait for none
     * @return this
     */
    public ClientBuilder maxRetryAfter(Duration time) {
        maxRetryAfter = Checks.notNegative("maxRetryAfter", Checks.given("maxRetryAfter", time));
        return this;
    }

    /**
     * Sets headers that are sent with every request.
     *
     * @param headers the values by name; {@code Authorization} is refused
     * @return this
     */
    public ClientBuilder headers(Map<String, String> headers) {
        this.headers = Headers.checked(Checks.given("headers", headers));
        return this;
    }

    /**
     * Adds a text at the end of the {@code User-Agent}, so that the server's operator knows your program.
     *
     * @param product such as {@code my-shop/3.1}
     * @return this
     */
    public ClientBuilder userAgent(String product) {
        Headers.checkLine("userAgent", Checks.given("userAgent", product));
        userAgent = product;
        return this;
    }

    /**
     * Sets where each attempt and each wait is logged, at the level DEBUG. Without it nothing is logged.
     *
     * @param logger the logger, such as {@code System.getLogger("syssecure")}
     * @return this
     */
    public ClientBuilder logger(System.Logger logger) {
        this.logger = logger;
        return this;
    }

    /**
     * Sets the HTTP proxy. Without it, those of {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY} are used,
     * or else those of the JVM.
     *
     * @param url the address, such as {@code http://proxy.example:3128}
     * @return this
     */
    public ClientBuilder proxy(String url) {
        proxy = Checks.given("proxy", url);
        return this;
    }

    /**
     * Trusts the certificate authorities of a file, instead of those of the platform.
     *
     * @param file certificates in PEM format
     * @return this
     */
    public ClientBuilder caFile(Path file) {
        caFile = Checks.given("caFile", file);
        return this;
    }

    /**
     * Allows plain http to other machines. The key and the codes then cross the network unencrypted.
     *
     * @param allow true to allow it
     * @return this
     */
    public ClientBuilder allowInsecureHttp(boolean allow) {
        allowInsecureHttp = allow;
        return this;
    }

    /**
     * Sends requests with an HTTP client of yours. Its proxy, certificates and connect timeout then count, and it is
     * yours to close. It must not follow redirects.
     *
     * @param client the client
     * @return this
     */
    public ClientBuilder httpClient(HttpClient client) {
        httpClient = Checks.given("httpClient", client);
        return this;
    }

    /**
     * Sends requests with another HTTP stack.
     *
     * @param transport the transport, which the client closes
     * @return this
     */
    public ClientBuilder transport(Transport transport) {
        this.transport = Checks.given("transport", transport);
        return this;
    }

    ClientBuilder machine(Machine machine) {
        this.machine = machine;
        return this;
    }

    /**
     * Makes the client.
     *
     * @return the client
     * @throws ConfigurationException when there is no key, or an option is wrong
     */
    public SysSecure build() {
        String key = checkedKey();
        String given = Optional.ofNullable(baseUrl).or(() -> variable(URL_VARIABLE)).orElse(BaseUrl.DEFAULT);
        String url = BaseUrl.complete(given, allowInsecureHttp);
        String agent = Version.USER_AGENT + (userAgent == null ? "" : " " + userAgent);
        Map<String, String> all = Headers.empty();
        all.put("User-Agent", agent);
        all.putAll(headers);

        Config config = new Config(
                key,
                url,
                url.equals(BaseUrl.DEFAULT + BaseUrl.VERSION_PATH),
                timeout,
                maxRetries,
                maxRetryAfter,
                all,
                logger,
                machine);
        return new SysSecure(config, checkedTransport());
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(machine.environment().apply(name)).filter(value -> !value.isEmpty());
    }

    /** An argument that is empty is a fault of the program, which another key must not hide. */
    private String checkedKey() {
        String key = Optional.ofNullable(apiKey)
                .or(() -> variable(KEY_VARIABLE))
                .orElseThrow(() -> new ConfigurationException(
                        "there is no API key: give one as apiKey(…), or set " + KEY_VARIABLE));
        if (key.isEmpty()) {
            throw new ConfigurationException(
                    "the API key is empty: give one as apiKey(…), or leave it out and set " + KEY_VARIABLE);
        }

        if (!key.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw new ConfigurationException("the API key contains a character that no key has, such as a space or a "
                    + "line break: check how it was copied");
        }

        return key;
    }

    private Transport checkedTransport() {
        boolean isOfCaller = transport != null || httpClient != null;
        if (isOfCaller && (proxy != null || caFile != null || connectTimeout != null)) {
            throw new ConfigurationException("proxy, caFile and connectTimeout are options of the built-in HTTP "
                    + "client: set them on your own");
        }

        if (transport != null && httpClient != null) {
            throw new ConfigurationException("give either httpClient or transport");
        }

        if (transport != null) {
            return transport;
        }

        return httpClient == null ? builtIn() : ofCaller();
    }

    private Transport ofCaller() {
        if (httpClient.followRedirects() != HttpClient.Redirect.NEVER) {
            throw new ConfigurationException("the HTTP client follows redirects, and would send the key along: "
                    + "build it with followRedirects(NEVER)");
        }

        return HttpClientTransport.ofCaller(httpClient);
    }

    private Transport builtIn() {
        Proxies proxies = proxy == null ? Proxies.of(machine.environment()) : Proxies.of(proxy);
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout == null ? Duration.ofSeconds(5) : connectTimeout)
                .proxy(proxies);
        if (caFile != null) {
            builder.sslContext(Certificates.trust(caFile));
        }

        return HttpClientTransport.builtIn(builder.build(), proxies);
    }
}
