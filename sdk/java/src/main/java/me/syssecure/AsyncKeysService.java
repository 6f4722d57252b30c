package me.syssecure;

import java.util.concurrent.CompletableFuture;

/** API keys. Every method returns at once. */
public final class AsyncKeysService {
    private final Requester requester;

    AsyncKeysService(Requester requester) {
        this.requester = requester;
    }

    /**
     * Lists the API keys of this key's mode, newest first; those that ended, too.
     *
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<ApiKey>> list() {
        return list(KeyListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the API keys of this key's mode, newest first; those that ended, too.
     *
     * @param params what to list
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<ApiKey>> list(KeyListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists the API keys of this key's mode, newest first; those that ended, too.
     *
     * @param params  what to list
     * @param options options of this call
     * @return a future of the first page
     */
    public CompletableFuture<AsyncPage<ApiKey>> list(KeyListParams params, RequestOptions options) {
        return AsyncPage.first(requester, "/keys", ApiKey::of, params, options);
    }

    /**
     * Makes an API key of the same mode. The result has its {@code secret}, which is shown only now: keep it.
     *
     * @return a future of the key
     */
    public CompletableFuture<ApiKey> create() {
        return create(KeyCreateParams.builder().build(), RequestOptions.none());
    }

    /**
     * Makes an API key of the same mode. The result has its {@code secret}, which is shown only now: keep it.
     *
     * @param params what to send
     * @return a future of the key
     */
    public CompletableFuture<ApiKey> create(KeyCreateParams params) {
        return create(params, RequestOptions.none());
    }

    /**
     * Makes an API key of the same mode. The result has its {@code secret}, which is shown only now: keep it.
     *
     * @param params  what to send
     * @param options options of this call
     * @return a future of the key
     */
    public CompletableFuture<ApiKey> create(KeyCreateParams params, RequestOptions options) {
        return requester.send(Call.of("POST", "/keys", ApiKey::of).withBody(params.fields()), options);
    }

    /**
     * Makes a key that takes the place of another. The result has its {@code secret}, which is shown only now: keep
     * it.
     *
     * @param keyId the id of the key
     * @return a future of the key
     */
    public CompletableFuture<ApiKey> rotate(String keyId) {
        return rotate(keyId, SecretRotateParams.builder().build(), RequestOptions.none());
    }

    /**
     * Makes a key that takes the place of another. The result has its {@code secret}, which is shown only now: keep
     * it.
     *
     * @param keyId  the id of the key
     * @param params what to send
     * @return a future of the key
     */
    public CompletableFuture<ApiKey> rotate(String keyId, SecretRotateParams params) {
        return rotate(keyId, params, RequestOptions.none());
    }

    /**
     * Makes a key that takes the place of another. The result has its {@code secret}, which is shown only now: keep
     * it.
     *
     * @param keyId   the id of the key
     * @param params  what to send
     * @param options options of this call
     * @return a future of the key
     */
    public CompletableFuture<ApiKey> rotate(String keyId, SecretRotateParams params, RequestOptions options) {
        Call<ApiKey> call = Call.of("POST", "/keys/{key_id}/rotate", ApiKey::of, keyId).withBody(params.fields());
        return requester.send(call, options);
    }

    /**
     * Ends a key at once. A key may revoke itself.
     *
     * @param keyId the id of the key
     * @return a future of the key
     */
    public CompletableFuture<ApiKey> revoke(String keyId) {
        return revoke(keyId, RequestOptions.none());
    }

    /**
     * Ends a key at once. A key may revoke itself.
     *
     * @param keyId   the id of the key
     * @param options options of this call
     * @return a future of the key
     */
    public CompletableFuture<ApiKey> revoke(String keyId, RequestOptions options) {
        return requester.send(Call.of("DELETE", "/keys/{key_id}", ApiKey::of, keyId), options);
    }
}
