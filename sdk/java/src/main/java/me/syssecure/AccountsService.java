package me.syssecure;

/** The accounts of the server, for keys with the scope {@code operator}. */
public final class AccountsService {
    private final AsyncAccountsService async;

    AccountsService(AsyncAccountsService async) {
        this.async = async;
    }

    /**
     * Lists the accounts of the server.
     *
     * @return the first page
     * @throws AuthenticationException when the key lacks the scope {@code operator}
     */
    public Page<AccountSummary> list() {
        return list(SearchListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the accounts of the server.
     *
     * @param params what to list
     * @return the first page
     * @throws AuthenticationException when the key lacks the scope {@code operator}
     */
    public Page<AccountSummary> list(SearchListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists the accounts of the server.
     *
     * @param params  what to list
     * @param options options of this call
     * @return the first page
     * @throws AuthenticationException when the key lacks the scope {@code operator}
     */
    public Page<AccountSummary> list(SearchListParams params, RequestOptions options) {
        return new Page<>(Futures.result(async.list(params, options)));
    }

    /**
     * Makes an account. The result has its secrets, which are shown only now: keep them.
     *
     * @param params what to send
     * @return the account
     * @throws BadRequestException when the name is not valid
     */
    public CreatedAccount create(AccountCreateParams params) {
        return create(params, RequestOptions.none());
    }

    /**
     * Makes an account. The result has its secrets, which are shown only now: keep them.
     *
     * @param params  what to send
     * @param options options of this call
     * @return the account
     * @throws BadRequestException when the name is not valid
     */
    public CreatedAccount create(AccountCreateParams params, RequestOptions options) {
        return Futures.result(async.create(params, options));
    }

    /**
     * Gives an account credits, or takes some away.
     *
     * @param accountId the id of the account
     * @param credits   how many; negative to take them away
     * @return the credits of the account
     * @throws NotFoundException when there is no such account
     */
    public Balance addCredits(String accountId, long credits) {
        return addCredits(accountId, credits, RequestOptions.none());
    }

    /**
     * Gives an account credits, or takes some away.
     *
     * @param accountId the id of the account
     * @param credits   how many; negative to take them away
     * @param options   options of this call
     * @return the credits of the account
     * @throws NotFoundException when there is no such account
     */
    public Balance addCredits(String accountId, long credits, RequestOptions options) {
        return Futures.result(async.addCredits(accountId, credits, options));
    }
}
