package me.syssecure;

/** The log of changes to the account. */
public final class AuditService {
    private final AsyncAuditService async;

    AuditService(AsyncAuditService async) {
        this.async = async;
    }

    /**
     * Lists the changes that were made to the account, newest first.
     *
     * @return the first page
     * @throws AuthenticationException when the key lacks the scope {@code admin}
     */
    public Page<AuditEntry> list() {
        return list(AuditListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the changes that were made to the account, newest first.
     *
     * @param params what to list
     * @return the first page
     * @throws AuthenticationException when the key lacks the scope {@code admin}
     */
    public Page<AuditEntry> list(AuditListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists the changes that were made to the account, newest first.
     *
     * @param params  what to list
     * @param options options of this call
     * @return the first page
     * @throws AuthenticationException when the key lacks the scope {@code admin}
     */
    public Page<AuditEntry> list(AuditListParams params, RequestOptions options) {
        return new Page<>(Futures.result(async.list(params, options)));
    }
}
