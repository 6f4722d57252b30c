package me.syssecure;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The asynchronous side of a client. Its methods return at once; the futures fail with what the methods of
 * {@link SysSecure} throw, also when the arguments are wrong. Cancelling a future that a method returned ends the call.
 */
public final class AsyncSysSecure {
    private final Requester requester;
    private final AsyncOtpService otp;
    private final AsyncSmsService sms;
    private final AsyncMessagesService messages;
    private final AsyncInboundService inbound;
    private final AsyncTemplatesService templates;
    private final AsyncWebhookEndpointsService webhookEndpoints;
    private final AsyncEventsService events;
    private final AsyncOptOutsService optOuts;
    private final AsyncBalanceService balance;
    private final AsyncUsageService usage;
    private final AsyncAnalyticsService analytics;
    private final AsyncAccountService account;
    private final AsyncSandboxService sandbox;

    AsyncSysSecure(Requester requester) {
        this.requester = requester;
        otp = new AsyncOtpService(requester);
        sms = new AsyncSmsService(requester);
        messages = new AsyncMessagesService(requester);
        inbound = new AsyncInboundService(requester);
        templates = new AsyncTemplatesService(requester);
        webhookEndpoints = new AsyncWebhookEndpointsService(requester);
        events = new AsyncEventsService(requester);
        optOuts = new AsyncOptOutsService(requester);
        balance = new AsyncBalanceService(requester);
        usage = new AsyncUsageService(requester);
        analytics = new AsyncAnalyticsService(requester);
        account = new AsyncAccountService(requester);
        sandbox = new AsyncSandboxService(requester);
    }

    /**
     * Codes: send them, and verify what users enter.
     *
     * @return the operations
     */
    public AsyncOtpService otp() {
        return otp;
    }

    /**
     * Text messages.
     *
     * @return the operations
     */
    public AsyncSmsService sms() {
        return sms;
    }

    /**
     * The messages that were sent, also those with codes.
     *
     * @return the operations
     */
    public AsyncMessagesService messages() {
        return messages;
    }

    /**
     * The texts that phones sent.
     *
     * @return the operations
     */
    public AsyncInboundService inbound() {
        return inbound;
    }

    /**
     * Your own texts of codes.
     *
     * @return the operations
     */
    public AsyncTemplatesService templates() {
        return templates;
    }

    /**
     * The addresses to which the server posts events.
     *
     * @return the operations
     */
    public AsyncWebhookEndpointsService webhookEndpoints() {
        return webhookEndpoints;
    }

    /**
     * What happened.
     *
     * @return the operations
     */
    public AsyncEventsService events() {
        return events;
    }

    /**
     * The numbers that want no messages.
     *
     * @return the operations
     */
    public AsyncOptOutsService optOuts() {
        return optOuts;
    }

    /**
     * The credits of the account.
     *
     * @return the operations
     */
    public AsyncBalanceService balance() {
        return balance;
    }

    /**
     * Reports of messages and credits.
     *
     * @return the operations
     */
    public AsyncUsageService usage() {
        return usage;
    }

    /**
     * Reports of codes.
     *
     * @return the operations
     */
    public AsyncAnalyticsService analytics() {
        return analytics;
    }

    /**
     * The settings of the account.
     *
     * @return the operations
     */
    public AsyncAccountService account() {
        return account;
    }

    /**
     * What only keys of the sandbox, {@code sk_test_…}, can do.
     *
     * @return the operations
     */
    public AsyncSandboxService sandbox() {
        return sandbox;
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
