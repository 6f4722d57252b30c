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
}
