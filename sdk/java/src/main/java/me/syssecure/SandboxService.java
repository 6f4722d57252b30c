package me.syssecure;

/** What only keys of the sandbox, {@code sk_test_…}, can do. */
public final class SandboxService {
    private final AsyncSandboxService async;

    SandboxService(AsyncSandboxService async) {
        this.async = async;
    }

    /**
     * Lists the messages that phones of the sandbox received, the newest first.
     *
     * @return one page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<InboxMessage> messages() {
        return messages(SandboxMessagesParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the messages that phones of the sandbox received, the newest first.
     *
     * @param params what to list
     * @return one page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<InboxMessage> messages(SandboxMessagesParams params) {
        return messages(params, RequestOptions.none());
    }

    /**
     * Lists the messages that phones of the sandbox received, the newest first.
     *
     * @param params  what to list
     * @param options options of this call
     * @return one page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<InboxMessage> messages(SandboxMessagesParams params, RequestOptions options) {
        return new Page<>(Futures.result(async.messages(params, options)));
    }

    /**
     * Moves the clock of the sandbox, so that codes expire and messages fall due.
     *
     * @param params what to send
     * @return the time in the sandbox
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public SandboxClock clock(SandboxClockParams params) {
        return clock(params, RequestOptions.none());
    }

    /**
     * Moves the clock of the sandbox, so that codes expire and messages fall due.
     *
     * @param params  what to send
     * @param options options of this call
     * @return the time in the sandbox
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public SandboxClock clock(SandboxClockParams params, RequestOptions options) {
        return Futures.result(async.clock(params, options));
    }

    /**
     * Lets a message of the sandbox end as you say, as if its carrier had sent a receipt.
     *
     * @param messageId the id of the message, also of one with a code
     * @param status    {@code delivered}, {@code read} or {@code failed}
     * @return the message
     * @throws BadRequestException when its status cannot change any more
     */
    public MessageDetails forceOutcome(String messageId, String status) {
        return forceOutcome(messageId, status, null, RequestOptions.none());
    }

    /**
     * Lets a message of the sandbox end as you say, as if its carrier had sent a receipt.
     *
     * @param messageId the id of the message, also of one with a code
     * @param status    {@code delivered}, {@code read} or {@code failed}
     * @param reason    why it failed; {@code unreachable} by default
     * @return the message
     * @throws BadRequestException when its status cannot change any more
     */
    public MessageDetails forceOutcome(String messageId, String status, String reason) {
        return forceOutcome(messageId, status, reason, RequestOptions.none());
    }

    /**
     * Lets a message of the sandbox end as you say, as if its carrier had sent a receipt.
     *
     * @param messageId the id of the message, also of one with a code
     * @param status    {@code delivered}, {@code read} or {@code failed}
     * @param reason    why it failed; {@code unreachable} by default
     * @param options   options of this call
     * @return the message
     * @throws BadRequestException when its status cannot change any more
     */
    public MessageDetails forceOutcome(String messageId, String status, String reason, RequestOptions options) {
        return Futures.result(async.forceOutcome(messageId, status, reason, options));
    }

    /**
     * Removes messages from the sandbox's inbox. Codes and messages themselves stay.
     *
     * @return how many were removed
     */
    public ClearedInbox clear() {
        return clear(null, RequestOptions.none());
    }

    /**
     * Removes messages from the sandbox's inbox. Codes and messages themselves stay.
     *
     * @param to only those to this number; null for all
     * @return how many were removed
     */
    public ClearedInbox clear(String to) {
        return clear(to, RequestOptions.none());
    }

    /**
     * Removes messages from the sandbox's inbox. Codes and messages themselves stay.
     *
     * @param to      only those to this number; null for all
     * @param options options of this call
     * @return how many were removed
     */
    public ClearedInbox clear(String to, RequestOptions options) {
        return Futures.result(async.clear(to, options));
    }
}
