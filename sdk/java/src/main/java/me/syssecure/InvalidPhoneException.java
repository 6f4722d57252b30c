package me.syssecure;

/** Status 422: the phone number is invalid or cannot be reached. */
public final class InvalidPhoneException extends ApiException {
    private static final long serialVersionUID = 1L;

    InvalidPhoneException(Problem problem) {
        super(problem);
    }
}
