package me.syssecure;

/**
 * There was no whole answer: the server was not reached, its certificate is not trusted, the connection broke off, or
 * the thread was interrupted. It is unknown whether the server carried the request out; a call that is repeated with
 * the same idempotency key has its effect once. {@link #getCause()} has the reason.
 */
public sealed class ApiConnectionException extends SysSecureException permits ApiTimeoutException {
    private static final long serialVersionUID = 1L;

    ApiConnectionException(String message, Throwable cause) {
        super(message, cause);
    }
}
