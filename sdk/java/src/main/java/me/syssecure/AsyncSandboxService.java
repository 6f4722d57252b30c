package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** What only keys of the sandbox, {@code sk_test_…}, can do. Every method returns at once. */
public final class AsyncSandboxService {
    private final Requester requester;

    AsyncSandboxService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Lists the messages that phones of the sandbox received, the newest first.
     *
     * @return a future of one page
     */
    public CompletableFuture<AsyncPage<InboxMessage>> messages() {
        return messages(SandboxMessagesParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the messages that phones of the sandbox received, the newest first.
     *
     * @param params what to list
     * @return a future of one page
     */
    public CompletableFuture<AsyncPage<InboxMessage>> messages(SandboxMessagesParams params) {
        return messages(params, RequestOptions.none());
    }

    /**
     * Lists the messages that phones of the sandbox received, the newest first.
     *
     * @param params  what to list
     * @param options options of this call
     * @return a future of one page
     */
    public CompletableFuture<AsyncPage<InboxMessage>> messages(SandboxMessagesParams params, RequestOptions options) {
        return AsyncPage.first(requester, "/sandbox/messages", InboxMessage::of, params, options);
    }

    /**
     * Moves the clock of the sandbox, so that codes expire and messages fall due.
     *
     * @param params what to send
     * @return a future of the time in the sandbox
     */
    public CompletableFuture<SandboxClock> clock(SandboxClockParams params) {
        return clock(params, RequestOptions.none());
    }

    /**
     * Moves the clock of the sandbox, so that codes expire and messages fall due.
     *
     * @param params  what to send
     * @param options options of this call
     * @return a future of the time in the sandbox
     */
    public CompletableFuture<SandboxClock> clock(SandboxClockParams params, RequestOptions options) {
        return requester.send(Call.of("POST", "/sandbox/clock", SandboxClock::of).withBody(params.fields()), options);
    }

    /**
     * Lets a message of the sandbox end as you say, as if its carrier had sent a receipt.
     *
     * @param messageId the id of the message, also of one with a code
     * @param status    {@code delivered}, {@code read} or {@code failed}
     * @return a future of the message
     */
    public CompletableFuture<MessageDetails> forceOutcome(String messageId, String status) {
        return forceOutcome(messageId, status, null, RequestOptions.none());
    }

    /**
     * Lets a message of the sandbox end as you say, as if its carrier had sent a receipt.
     *
     * @param messageId the id of the message, also of one with a code
     * @param status    {@code delivered}, {@code read} or {@code failed}
     * @param reason    why it failed; {@code unreachable} by default
     * @return a future of the message
     */
    public CompletableFuture<MessageDetails> forceOutcome(String messageId, String status, String reason) {
        return forceOutcome(messageId, status, reason, RequestOptions.none());
    }

    /**
     * Lets a message of the sandbox end as you say, as if its carrier had sent a receipt.
     *
     * @param messageId the id of the message, also of one with a code
     * @param status    {@code delivered}, {@code read} or {@code failed}
     * @param reason    why it failed; {@code unreachable} by default
     * @param options   options of this call
     * @return a future of the message
     */
    public CompletableFuture<MessageDetails> forceOutcome(
            String messageId, String status, String reason, RequestOptions options) {
        Call<MessageDetails> call = Call.of("POST", "/sandbox/messages/{message_id}/outcome", MessageDetails::of, messageId)
                .withBody(Params.given("status", status, "reason", reason));
        return requester.send(call, options);
    }

    /**
     * Removes messages from the sandbox's inbox. Codes and messages themselves stay.
     *
     * @return a future of how many were removed
     */
    public CompletableFuture<ClearedInbox> clear() {
        return clear(null, RequestOptions.none());
    }

    /**
     * Removes messages from the sandbox's inbox. Codes and messages themselves stay.
     *
     * @param to only those to this number; null for all
     * @return a future of how many were removed
     */
    public CompletableFuture<ClearedInbox> clear(String to) {
        return clear(to, RequestOptions.none());
    }

    /**
     * Removes messages from the sandbox's inbox. Codes and messages themselves stay.
     *
     * @param to      only those to this number; null for all
     * @param options options of this call
     * @return a future of how many were removed
     */
    public CompletableFuture<ClearedInbox> clear(String to, RequestOptions options) {
        Call<ClearedInbox> call =
                Call.of("DELETE", "/sandbox/messages", ClearedInbox::of).withQuery(Params.given("to", to));
        return requester.send(call, options);
    }
}
