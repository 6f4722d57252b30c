package me.syssecure;

/** Status 429: a limit was reached. {@link #retryAfter()} and {@link #limit()} tell which and how long. */
public final class RateLimitException extends ApiException {
    private static final long serialVersionUID = 1L;

    RateLimitException(Problem problem) {
        super(problem);
    }
}
