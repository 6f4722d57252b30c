package me.syssecure;

/** There was no whole answer within the timeout of an attempt, or no connection within the connect timeout. */
public final class ApiTimeoutException extends ApiConnectionException {
    private static final long serialVersionUID = 1L;

    ApiTimeoutException(String message, Throwable cause) {
        super(message, cause);
    }
}
