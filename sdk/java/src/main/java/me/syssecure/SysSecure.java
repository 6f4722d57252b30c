package me.syssecure;

import java.util.Map;

/**
 * A client of a SysSecure server. It is immutable and safe for concurrent use; make one and share it.
 *
 * <p>Every method that makes a call throws {@link ConfigurationException} for wrong arguments before anything is sent,
 * {@link ApiConnectionException} when there is no whole answer, {@link ApiResponseException} when the answer is not
 * what the API promises, and {@link ApiException} or a class below it for every status that is no success. Calls are
 * retried as the README says. When the thread is interrupted, the call ends with an {@link ApiConnectionException}, and
 * the flag of the thread stays set.
 */
public final class SysSecure implements AutoCloseable {
    private final Requester requester;
    private final AsyncSysSecure async;

    /** Makes its calls in the thread of the caller. */
    private final AsyncSysSecure blocking;

    private final Webhooks webhooks;

    SysSecure(Config config, Transport transport) {
        requester = new Requester(config, transport);
        async = new AsyncSysSecure(requester);
        blocking = new AsyncSysSecure(requester.blocking());
        webhooks = new Webhooks(config.machine().clock());
    }

    /**
     * Begins a client. Without a key or a base URL, those of {@code SYSSECURE_API_KEY} and {@code SYSSECURE_BASE_URL}
     * in the environment are used.
     *
     * @return a builder
     */
    public static ClientBuilder builder() {
        return new ClientBuilder();
    }

    /**
     * Codes: send them, and verify what users enter.
     *
     * @return the operations
     */
    public OtpService otp() {
        return new OtpService(blocking.otp());
    }

    /**
     * Text messages.
     *
     * @return the operations
     */
    public SmsService sms() {
        return new SmsService(blocking.sms());
    }

    /**
     * The messages that were sent, also those with codes.
     *
     * @return the operations
     */
    public MessagesService messages() {
        return new MessagesService(blocking.messages());
    }

    /**
     * The texts that phones sent.
     *
     * @return the operations
     */
    public InboundService inbound() {
        return new InboundService(blocking.inbound());
    }

    /**
     * Your own texts of codes.
     *
     * @return the operations
     */
    public TemplatesService templates() {
        return new TemplatesService(blocking.templates());
    }

    /**
     * The addresses to which the server posts events.
     *
     * @return the operations
     */
    public WebhookEndpointsService webhookEndpoints() {
        return new WebhookEndpointsService(blocking.webhookEndpoints());
    }

    /**
     * What happened.
     *
     * @return the operations
     */
    public EventsService events() {
        return new EventsService(blocking.events());
    }

    /**
     * The numbers that want no messages.
     *
     * @return the operations
     */
    public OptOutsService optOuts() {
        return new OptOutsService(blocking.optOuts());
    }

    /**
     * The credits of the account.
     *
     * @return the operations
     */
    public BalanceService balance() {
        return new BalanceService(blocking.balance());
    }

    /**
     * Reports of messages and credits.
     *
     * @return the operations
     */
    public UsageService usage() {
        return new UsageService(blocking.usage());
    }

    /**
     * Reports of codes.
     *
     * @return the operations
     */
    public AnalyticsService analytics() {
        return new AnalyticsService(blocking.analytics());
    }

    /**
     * Returns what manages API keys.
     *
     * @return the service
     */
    public KeysService keys() {
        return new KeysService(blocking.keys());
    }

    /**
     * Returns the log of requests to the API.
     *
     * @return the service
     */
    public RequestsService requests() {
        return new RequestsService(blocking.requests());
    }

    /**
     * Returns the log of changes to the account.
     *
     * @return the service
     */
    public AuditService audit() {
        return new AuditService(blocking.audit());
    }

    /**
     * What the carriers of the server do, for keys with the scope {@code operator}.
     *
     * @return the operations
     */
    public CarriersService carriers() {
        return new CarriersService(blocking.carriers());
    }

    /**
     * Returns how messages are routed, for keys with the scope {@code operator}.
     *
     * @return the service
     */
    public RoutesService routes() {
        return new RoutesService(blocking.routes());
    }

    /**
     * Returns the installation of the server, for keys with the scope {@code operator}.
     *
     * @return the service
     */
    public InstanceService instance() {
        return new InstanceService(blocking.instance());
    }

    /**
     * Returns the accounts of the server, for keys with the scope {@code operator}.
     *
     * @return the service
     */
    public AccountsService accounts() {
        return new AccountsService(blocking.accounts());
    }

    /**
     * The settings of the account.
     *
     * @return the operations
     */
    public AccountService account() {
        return new AccountService(blocking.account());
    }

    /**
     * What only keys of the sandbox, {@code sk_test_…}, can do.
     *
     * @return the operations
     */
    public SandboxService sandbox() {
        return new SandboxService(blocking.sandbox());
    }

    /**
     * Verifies and signs webhooks. {@code new Webhooks()} does so without a client.
     *
     * @return the operations
     */
    public Webhooks webhooks() {
        return webhooks;
    }

    /**
     * The same client, with methods that return futures.
     *
     * @return the asynchronous side
     */
    public AsyncSysSecure async() {
        return async;
    }

    /**
     * Says what the numbering plans know about a number. Nothing is sent to it.
     *
     * @param number the number in E.164 format
     * @return what is known
     * @throws BadRequestException when it is no number
     */
    public Lookup lookup(String number) {
        return lookup(number, RequestOptions.none());
    }

    /**
     * Says what the numbering plans know about a number. Nothing is sent to it.
     *
     * @param number  the number in E.164 format
     * @param options options of this call
     * @return what is known
     * @throws BadRequestException when it is no number
     */
    public Lookup lookup(String number, RequestOptions options) {
        return Futures.result(blocking.lookup(number, options));
    }

    /**
     * Says in plain words what happened with a number in the last 24 hours, and why a code did not arrive.
     *
     * @param number the number in E.164 format
     * @return the report
     * @throws InvalidPhoneException when it is no phone number
     */
    public NumberReport explainNumber(String number) {
        return explainNumber(number, RequestOptions.none());
    }

    /**
     * Says in plain words what happened with a number in the last 24 hours, and why a code did not arrive.
     *
     * @param number  the number in E.164 format
     * @param options options of this call
     * @return the report
     * @throws InvalidPhoneException when it is no phone number
     */
    public NumberReport explainNumber(String number, RequestOptions options) {
        return Futures.result(blocking.explainNumber(number, options));
    }

    /**
     * Makes a request that this version has no method for, with the same key, retries and errors.
     *
     * @param method the method, such as {@code GET}
     * @param path   the path relative to {@code /v2}, or beginning with it; it is sent as it is
     * @return the decoded object
     */
    public Map<String, Object> request(String method, String path) {
        return request(method, path, null, Map.of(), RequestOptions.none());
    }

    /**
     * Makes a request that this version has no method for, with the same key, retries and errors.
     *
     * @param method  the method, such as {@code GET}
     * @param path    the path relative to {@code /v2}, or beginning with it; it is sent as it is
     * @param body    the body as maps, lists, strings, numbers, booleans and null; null for no body
     * @param query   the parameters of the query
     * @param options options of this call
     * @return the decoded object
     */
    public Map<String, Object> request(
            String method, String path, Map<String, ?> body, Map<String, ?> query, RequestOptions options) {
        return Futures.result(blocking.request(method, path, body, query, options));
    }

    /** Releases the connections. Calls after it are a {@link ConfigurationException}; closing again does nothing. */
    @Override
    public void close() {
        requester.close();
    }

    /** Shows the beginning of the key, and the base URL. */
    @Override
    public String toString() {
        return "SysSecure[" + requester.config() + "]";
    }
}
