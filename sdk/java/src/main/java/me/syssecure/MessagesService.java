package me.syssecure;

/** The messages that were sent, also those with codes. */
public final class MessagesService {
    private final AsyncMessagesService async;

    MessagesService(AsyncMessagesService async) {
        this.async = async;
    }

    /**
     * Looks a message up.
     *
     * @param messageId the id of the message
     * @return the message with its attempts
     * @throws NotFoundException when there is none with this id
     */
    public MessageDetails get(String messageId) {
        return get(messageId, RequestOptions.none());
    }

    /**
     * Looks a message up.
     *
     * @param messageId the id of the message
     * @param options   options of this call
     * @return the message with its attempts
     * @throws NotFoundException when there is none with this id
     */
    public MessageDetails get(String messageId, RequestOptions options) {
        return Futures.result(async.get(messageId, options));
    }

    /**
     * Lists messages, the newest first.
     *
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<MessageDetails> list() {
        return list(MessageListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists messages, the newest first.
     *
     * @param params what to list
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<MessageDetails> list(MessageListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists messages, the newest first.
     *
     * @param params  what to list
     * @param options options of this call
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<MessageDetails> list(MessageListParams params, RequestOptions options) {
        return new Page<>(Futures.result(async.list(params, options)));
    }

    /**
     * Cancels a scheduled message.
     *
     * @param messageId the id of the message
     * @return the message
     * @throws NotFoundException   when there is none with this id
     * @throws BadRequestException when it is no longer scheduled
     */
    public MessageDetails cancel(String messageId) {
        return cancel(messageId, RequestOptions.none());
    }

    /**
     * Cancels a scheduled message.
     *
     * @param messageId the id of the message
     * @param options   options of this call
     * @return the message
     * @throws NotFoundException   when there is none with this id
     * @throws BadRequestException when it is no longer scheduled
     */
    public MessageDetails cancel(String messageId, RequestOptions options) {
        return Futures.result(async.cancel(messageId, options));
    }
}
