package me.syssecure;

/** Says why a text is not JSON, or why a value cannot be written as JSON. Never leaves the package. */
final class JsonException extends Exception {
    private static final long serialVersionUID = 1L;

    JsonException(String message) {
        super(message);
    }
}
