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
        Call<Slice<InboxMessage>> call =
                Call.of("GET", "/sandbox/messages", Slice.of(InboxMessage::of)).withQuery(params.fields());
        return AsyncPage.first(requester, call, options);
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
}
