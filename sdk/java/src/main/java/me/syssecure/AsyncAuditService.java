package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** The log of changes to the account. Every method returns at once. */
public final class AsyncAuditService {
    private final Requester requester;

    AsyncAuditService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Lists the changes that were made to the account, newest first.
     *
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<AuditEntry>> list() {
        return list(AuditListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the changes that were made to the account, newest first.
     *
     * @param params what to list
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<AuditEntry>> list(AuditListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists the changes that were made to the account, newest first.
     *
     * @param params  what to list
     * @param options options of this call
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<AuditEntry>> list(AuditListParams params, RequestOptions options) {
        return AsyncPage.first(requester, "/audit", AuditEntry::of, params, options);
    }
}
