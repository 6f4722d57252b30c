package me.syssecure;

/** What happened. */
public final class EventsService {
    private final AsyncEventsService async;

    EventsService(AsyncEventsService async) {
        this.async = async;
    }

    /**
     * Lists events, the newest first or, after an event, the oldest first.
     *
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<StoredEvent> list() {
        return list(EventListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists events, the newest first or, after an event, the oldest first.
     *
     * @param params what to list
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<StoredEvent> list(EventListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists events, the newest first or, after an event, the oldest first.
     *
     * @param params  what to list
     * @param options options of this call
     * @return the first page
     * @throws BadRequestException when parameters are wrong; it lists them all
     */
    public Page<StoredEvent> list(EventListParams params, RequestOptions options) {
        return new Page<>(Futures.result(async.list(params, options)));
    }
}
