package me.syssecure;

import java.util.Optional;

/**
 * The server reported success, but its answer is not what the API promises. It is not retried, because the request was
 * carried out.
 */
public final class ApiResponseException extends SysSecureException {
    private static final long serialVersionUID = 1L;

    /** The status of the answer. */
    private final int status;

    /** The id of the request, or null. */
    private final String requestId;

    ApiResponseException(String message, int status, Optional<String> requestId) {
        super(status + ": " + message + requestId.map(id -> " (request_id: " + id + ")").orElse(""), null);
        this.status = status;
        this.requestId = requestId.orElse(null);
    }

    /**
     * Returns the status of the answer.
     *
     * @return the status, such as 200
     */
    public int status() {
        return status;
    }

    /**
     * Returns the id by which the server's logs know the request.
     *
     * @return the id, if the answer has one
     */
    public Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }
}
