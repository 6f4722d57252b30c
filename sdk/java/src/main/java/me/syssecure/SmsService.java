package me.syssecure;

/** Text messages. */
public final class SmsService {
    private final AsyncSmsService async;

    SmsService(AsyncSmsService async) {
        this.async = async;
    }

    /**
     * Sends an SMS, now or at a time. Give an idempotency key of your own to be sure that it is sent once.
     *
     * @param params what to send
     * @return the message
     * @throws BadRequestException          when parameters are wrong; it lists them all
     * @throws InvalidPhoneException        when the number is invalid or cannot be reached
     * @throws RateLimitException           when a limit was reached
     * @throws InsufficientCreditsException when the account has too few credits
     */
    public SentMessage send(SmsSendParams params) {
        return send(params, RequestOptions.none());
    }

    /**
     * Sends an SMS, now or at a time. Give an idempotency key of your own to be sure that it is sent once.
     *
     * @param params  what to send
     * @param options options of this call
     * @return the message
     * @throws BadRequestException          when parameters are wrong; it lists them all
     * @throws InvalidPhoneException        when the number is invalid or cannot be reached
     * @throws RateLimitException           when a limit was reached
     * @throws InsufficientCreditsException when the account has too few credits
     */
    public SentMessage send(SmsSendParams params, RequestOptions options) {
        return Futures.result(async.send(params, options));
    }
}
