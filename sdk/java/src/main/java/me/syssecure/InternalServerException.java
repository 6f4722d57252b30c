package me.syssecure;

/** A status from 500 on: the server, or a proxy before it, failed. */
public final class InternalServerException extends ApiException {
    private static final long serialVersionUID = 1L;

    InternalServerException(Problem problem) {
        super(problem);
    }
}
