package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** The accounts of the server, for keys with the scope {@code operator}. Every method returns at once. */
public final class AsyncAccountsService {
    private final Requester requester;

    AsyncAccountsService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Lists the accounts of the server.
     *
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<AccountSummary>> list() {
        return list(SearchListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the accounts of the server.
     *
     * @param params what to list
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<AccountSummary>> list(SearchListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists the accounts of the server.
     *
     * @param params  what to list
     * @param options options of this call
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<AccountSummary>> list(SearchListParams params, RequestOptions options) {
        return AsyncPage.first(requester, "/accounts", AccountSummary::of, params, options);
    }

    /**
     * Makes an account. The result has its secrets, which are shown only now: keep them.
     *
     * @param params what to send
     * @return a future of the account
     */
    public CompletableFuture<CreatedAccount> create(AccountCreateParams params) {
        return create(params, RequestOptions.none());
    }

    /**
     * Makes an account. The result has its secrets, which are shown only now: keep them.
     *
     * @param params  what to send
     * @param options options of this call
     * @return a future of the account
     */
    public CompletableFuture<CreatedAccount> create(AccountCreateParams params, RequestOptions options) {
        return requester.send(Call.of("POST", "/accounts", CreatedAccount::of).withBody(params.fields()), options);
    }

    /**
     * Gives an account credits, or takes some away.
     *
     * @param accountId the id of the account
     * @param credits   how many; negative to take them away
     * @return a future of the credits of the account
     */
    public CompletableFuture<Balance> addCredits(String accountId, long credits) {
        return addCredits(accountId, credits, RequestOptions.none());
    }

    /**
     * Gives an account credits, or takes some away.
     *
     * @param accountId the id of the account
     * @param credits   how many; negative to take them away
     * @param options   options of this call
     * @return a future of the credits of the account
     */
    public CompletableFuture<Balance> addCredits(String accountId, long credits, RequestOptions options) {
        Call<Balance> call = Call.of("POST", "/accounts/{account_id}/credits", Balance::of, accountId)
                .withBody(Params.given("credits", credits));
        return requester.send(call, options);
    }
}
