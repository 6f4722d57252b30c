package me.syssecure;

/** Status 400: parameters are missing or wrong. {@link #errors()} lists them all. */
public final class BadRequestException extends ApiException {
    private static final long serialVersionUID = 1L;

    BadRequestException(Problem problem) {
        super(problem);
    }
}
