package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** The messages that were sent, also those with codes. Every method returns at once. */
public final class AsyncMessagesService {
    private final Requester requester;

    AsyncMessagesService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Looks a message up.
     *
     * @param messageId the id of the message
     * @return a future of the message with its attempts
     */
    public CompletableFuture<MessageDetails> get(String messageId) {
        return get(messageId, RequestOptions.none());
    }

    /**
     * Looks a message up.
     *
     * @param messageId the id of the message
     * @param options   options of this call
     * @return a future of the message with its attempts
     */
    public CompletableFuture<MessageDetails> get(String messageId, RequestOptions options) {
        return requester.send(Call.of("GET", "/messages/{message_id}", MessageDetails::of, messageId), options);
    }

    /**
     * Lists messages, the newest first.
     *
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<MessageDetails>> list() {
        return list(MessageListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists messages, the newest first.
     *
     * @param params what to list
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<MessageDetails>> list(MessageListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists messages, the newest first.
     *
     * @param params  what to list
     * @param options options of this call
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<MessageDetails>> list(MessageListParams params, RequestOptions options) {
        return AsyncPage.first(requester, "/messages", MessageDetails::of, params, options);
    }

    /**
     * Cancels a scheduled message.
     *
     * @param messageId the id of the message
     * @return a future of the message
     */
    public CompletableFuture<MessageDetails> cancel(String messageId) {
        return cancel(messageId, RequestOptions.none());
    }

    /**
     * Cancels a scheduled message.
     *
     * @param messageId the id of the message
     * @param options   options of this call
     * @return a future of the message
     */
    public CompletableFuture<MessageDetails> cancel(String messageId, RequestOptions options) {
        return requester.send(Call.of("POST", "/messages/{message_id}/cancel", MessageDetails::of, messageId), options);
    }
}
