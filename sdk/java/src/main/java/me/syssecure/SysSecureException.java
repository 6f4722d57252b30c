package me.syssecure;

/**
 * Any failure that this library reports. No text of it holds a key, a code, a whole phone number or the body of a
 * message.
 */
public abstract sealed class SysSecureException extends RuntimeException
        permits ConfigurationException, ApiConnectionException, ApiResponseException, ApiException,
                WebhookSignatureException {
    private static final long serialVersionUID = 1L;

    SysSecureException(String message, Throwable cause) {
        super(message, cause);
    }
}
