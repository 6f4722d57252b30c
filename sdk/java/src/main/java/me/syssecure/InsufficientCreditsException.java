package me.syssecure;

/** Status 402: the account has too few credits. */
public final class InsufficientCreditsException extends ApiException {
    private static final long serialVersionUID = 1L;

    InsufficientCreditsException(Problem problem) {
        super(problem);
    }
}
