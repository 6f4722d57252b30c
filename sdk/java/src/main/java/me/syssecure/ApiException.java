package me.syssecure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The server answered with a status that is no success. The status decides the class; {@link #code()} tells more.
 * Statuses without a class of their own have this one.
 */
public sealed class ApiException extends SysSecureException
        permits BadRequestException, AuthenticationException, InsufficientCreditsException, NotFoundException,
                InvalidPhoneException, RateLimitException, InternalServerException {
    private static final long serialVersionUID = 1L;

    /** What the answer says. */
    private final Problem problem;

    ApiException(Problem problem) {
        super(problem.text(), null);
        this.problem = problem;
    }

    /**
     * Returns the status.
     *
     * @return the status, such as 429
     */
    public int status() {
        return problem.status();
    }

    /**
     * Returns the server's word for what went wrong. Later servers may have more of them.
     *
     * @return the code, such as {@code rate_limit_exceeded}; empty when the answer has none
     */
    public String code() {
        return problem.code();
    }

    /**
     * Returns the server's explanation. {@link #getMessage()} has it together with the status, the code and the id.
     *
     * @return the explanation, with numbers masked
     */
    public String message() {
        return problem.message();
    }

    /**
     * Returns the id by which the server's logs know the request.
     *
     * @return the id, if the answer has one
     */
    public Optional<String> requestId() {
        return Optional.ofNullable(problem.requestId());
    }

    /**
     * Returns what else the server tells about the error.
     *
     * @return the object, with numbers masked; empty when the answer has none
     */
    public Map<String, Object> details() {
        return problem.details();
    }

    /**
     * Returns everything that is wrong with the request, field by field.
     *
     * @return the faults; empty when the answer does not list them
     */
    public List<FieldError> errors() {
        List<FieldError> errors = new ArrayList<>();
        if (details().get("errors") instanceof List<?> list) {
            for (Object item : list) {
                if (item instanceof Map<?, ?> fault && fault.get("message") instanceof String message) {
                    errors.add(new FieldError(text(fault.get("field")), message));
                }
            }
        }

        return List.copyOf(errors);
    }

    /**
     * Returns the OTP that is pending for the number, when a send came too soon.
     *
     * @return the id of the OTP
     */
    public Optional<String> otpId() {
        return text(details().get("otp_id"));
    }

    /**
     * Returns the limit that was reached.
     *
     * @return the limit, such as {@code 5/10m}
     */
    public Optional<String> limit() {
        return text(details().get("limit"));
    }

    /**
     * Returns the page that describes the error.
     *
     * @return its address
     */
    public Optional<String> docUrl() {
        return text(details().get("doc_url"));
    }

    /**
     * Returns how long the server asks to wait before the request is repeated.
     *
     * @return the time, in whole seconds
     */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(problem.retryAfter());
    }

    /**
     * Returns the headers of the answer.
     *
     * @return the values by name; names are compared without regard to case
     */
    public Map<String, List<String>> headers() {
        return problem.headers();
    }

    private static Optional<String> text(Object value) {
        return value instanceof String text ? Optional.of(text) : Optional.empty();
    }
}
