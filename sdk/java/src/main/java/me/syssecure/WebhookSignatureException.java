package me.syssecure;

/** A webhook is not to be trusted. Answer it with the status 400. */
public final class WebhookSignatureException extends SysSecureException {
    private static final long serialVersionUID = 1L;

    /** Why a webhook is not to be trusted. */
    public enum Reason {
        /** There is no header {@code X-SysSecure-Signature}. */
        MISSING_HEADER,
        /** The header has no time, or more than one, or is no signature header at all. */
        MALFORMED_HEADER,
        /** The header has no signature of a scheme that this version knows. */
        NO_SIGNATURE,
        /** No signature fits the body and a secret. */
        NO_MATCH,
        /** The signature fits, but it is too old, or lies in the future. */
        TIMESTAMP_OUT_OF_RANGE,
        /** The signature fits, but the body is not an event. */
        INVALID_PAYLOAD
    }

    /** Why the webhook is not to be trusted. */
    private final Reason reason;

    WebhookSignatureException(Reason reason, String message) {
        super(message, null);
        this.reason = reason;
    }

    /**
     * Returns why the webhook is not to be trusted.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
