package me.syssecure;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The asynchronous side of a client. Its methods return at once; the futures fail with what the methods of
 * {@link SysSecure} throw, also when the arguments are wrong. Cancelling a future that a method returned ends the call.
 */
public final class AsyncSysSecure {
    private final Requester requester;

    AsyncSysSecure(Requester requester) {
        this.requester = requester;
    }

    /**
     * Codes: send them, and verify what users enter.
     *
     * @return the operations
     */
    public AsyncOtpService otp() {
        return new AsyncOtpService(requester);
    }

    /**
     * Text messages.
     *
     * @return the operations
     */
    public AsyncSmsService sms() {
        return new AsyncSmsService(requester);
    }

    /**
     * The messages that were sent, also those with codes.
     *
     * @return the operations
     */
    public AsyncMessagesService messages() {
        return new AsyncMessagesService(requester);
    }

    /**
     * The texts that phones sent.
     *
     * @return the operations
     */
    public AsyncInboundService inbound() {
        return new AsyncInboundService(requester);
    }

    /**
     * Your own texts of codes.
     *
     * @return the operations
     */
    public AsyncTemplatesService templates() {
        return new AsyncTemplatesService(requester);
    }

    /**
     * The addresses to which the server posts events.
     *
     * @return the operations
     */
    public AsyncWebhookEndpointsService webhookEndpoints() {
        return new AsyncWebhookEndpointsService(requester);
    }

    /**
     * What happened.
     *
     * @return the operations
     */
    public AsyncEventsService events() {
        return new AsyncEventsService(requester);
    }

    /**
     * The numbers that want no messages.
     *
     * @return the operations
     */
    public AsyncOptOutsService optOuts() {
        return new AsyncOptOutsService(requester);
    }

    /**
     * The credits of the account.
     *
     * @return the operations
     */
    public AsyncBalanceService balance() {
        return new AsyncBalanceService(requester);
    }

    /**
     * Reports of messages and credits.
     *
     * @return the operations
     */
    public AsyncUsageService usage() {
        return new AsyncUsageService(requester);
    }

    /**
     * Reports of codes.
     *
     * @return the operations
     */
    public AsyncAnalyticsService analytics() {
        return new AsyncAnalyticsService(requester);
    }

    /**
     * Returns what manages API keys.
     *
     * @return the service
     */
    public AsyncKeysService keys() {
        return new AsyncKeysService(requester);
    }

    /**
     * Returns the log of requests to the API.
     *
     * @return the service
     */
    public AsyncRequestsService requests() {
        return new AsyncRequestsService(requester);
    }

    /**
     * Returns the log of changes to the account.
     *
     * @return the service
     */
    public AsyncAuditService audit() {
        return new AsyncAuditService(requester);
    }

    /**
     * What the carriers of the server do, for keys with the scope {@code operator}.
     *
     * @return the operations
     */
    public AsyncCarriersService carriers() {
        return new AsyncCarriersService(requester);
    }

    /**
     * Returns how messages are routed, for keys with the scope {@code operator}.
     *
     * @return the service
     */
    public AsyncRoutesService routes() {
        return new AsyncRoutesService(requester);
    }

    /**
     * Returns the installation of the server, for keys with the scope {@code operator}.
     *
     * @return the service
     */
    public AsyncInstanceService instance() {
        return new AsyncInstanceService(requester);
    }

    /**
     * Returns the accounts of the server, for keys with the scope {@code operator}.
     *
     * @return the service
     */
    public AsyncAccountsService accounts() {
        return new AsyncAccountsService(requester);
    }

    /**
     * The settings of the account.
     *
     * @return the operations
     */
    public AsyncAccountService account() {
        return new AsyncAccountService(requester);
    }

    /**
     * What only keys of the sandbox, {@code sk_test_…}, can do.
     *
     * @return the operations
     */
    public AsyncSandboxService sandbox() {
        return new AsyncSandboxService(requester);
    }

    /**
     * Says what the numbering plans know about a number. Nothing is sent to it.
     *
     * @param number the number in E.164 format
     * @return a future of what is known
     */
    public CompletableFuture<Lookup> lookup(String number) {
        return lookup(number, RequestOptions.none());
    }

    /**
     * Says what the numbering plans know about a number. Nothing is sent to it.
     *
     * @param number  the number in E.164 format
     * @param options options of this call
     * @return a future of what is known
     */
    public CompletableFuture<Lookup> lookup(String number, RequestOptions options) {
        return requester.send(Call.of("GET", "/lookup/{number}", Lookup::of, number), options);
    }

    /**
     * Says in plain words what happened with a number in the last 24 hours, and why a code did not arrive.
     *
     * @param number the number in E.164 format
     * @return a future of the report
     */
    public CompletableFuture<NumberReport> explainNumber(String number) {
        return explainNumber(number, RequestOptions.none());
    }

    /**
     * Says in plain words what happened with a number in the last 24 hours, and why a code did not arrive.
     *
     * @param number  the number in E.164 format
     * @param options options of this call
     * @return a future of the report
     */
    public CompletableFuture<NumberReport> explainNumber(String number, RequestOptions options) {
        return requester.send(Call.of("GET", "/lookup/{number}/explain", NumberReport::of, number), options);
    }

    /**
     * Makes a request that this version has no method for, with the same key, retries and errors.
     *
     * @param method  the method, such as {@code GET}
     * @param path    the path relative to {@code /v2}, or beginning with it; it is sent as it is
     * @param body    the body as maps, lists, strings, numbers, booleans and null; null for no body
     * @param query   the parameters of the query
     * @param options options of this call
     * @return a future of the decoded object
     */
    public CompletableFuture<Map<String, Object>> request(
            String method, String path, Map<String, ?> body, Map<String, ?> query, RequestOptions options) {
        try {
            return requester.send(RawCall.of(method, path, body, query), options);
        } catch (ConfigurationException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public String toString() {
        return "AsyncSysSecure[" + requester.config() + "]";
    }
}
