package me.syssecure;

/** Status 401: the key is missing, wrong or revoked, or it lacks a scope. */
public final class AuthenticationException extends ApiException {
    private static final long serialVersionUID = 1L;

    AuthenticationException(Problem problem) {
        super(problem);
    }
}
