package me.syssecure;

/** The arguments are wrong, and nothing was sent. The message says what to change. */
public final class ConfigurationException extends SysSecureException {
    private static final long serialVersionUID = 1L;

    ConfigurationException(String message) {
        this(message, null);
    }

    ConfigurationException(String message, Throwable cause) {
        super(message, cause);
    }
}
