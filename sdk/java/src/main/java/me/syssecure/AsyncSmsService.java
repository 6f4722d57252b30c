package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** Text messages. Every method returns at once. */
public final class AsyncSmsService {
    private final Requester requester;

    AsyncSmsService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Sends an SMS, now or at a time. Give an idempotency key of your own to be sure that it is sent once.
     *
     * @param params what to send
     * @return a future of the message
     */
    public CompletableFuture<SentMessage> send(SmsSendParams params) {
        return send(params, RequestOptions.none());
    }

    /**
     * Sends an SMS, now or at a time. Give an idempotency key of your own to be sure that it is sent once.
     *
     * @param params  what to send
     * @param options options of this call
     * @return a future of the message
     */
    public CompletableFuture<SentMessage> send(SmsSendParams params, RequestOptions options) {
        return requester.send(Call.of("POST", "/sms/send", SentMessage::of).withBody(params.fields()), options);
    }
}
