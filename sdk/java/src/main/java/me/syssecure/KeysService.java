package me.syssecure;

/** API keys. */
public final class KeysService {
    private final AsyncKeysService async;

    KeysService(AsyncKeysService async) {
        this.async = async;
    }

    /**
     * Lists the API keys of this key's mode, newest first; those that ended, too.
     *
     * @return the first page
     * @throws AuthenticationException when the key lacks the scope {@code admin}
     */
    public Page<ApiKey> list() {
        return list(KeyListParams.builder().build(), RequestOptions.none());
    }

    /**
     * Lists the API keys of this key's mode, newest first; those that ended, too.
     *
     * @param params what to list
     * @return the first page
     * @throws AuthenticationException when the key lacks the scope {@code admin}
     */
    public Page<ApiKey> list(KeyListParams params) {
        return list(params, RequestOptions.none());
    }

    /**
     * Lists the API keys of this key's mode, newest first; those that ended, too.
     *
     * @param params  what to list
     * @param options options of this call
     * @return the first page
     * @throws AuthenticationException when the key lacks the scope {@code admin}
     */
    public Page<ApiKey> list(KeyListParams params, RequestOptions options) {
        return new Page<>(Futures.result(async.list(params, options)));
    }

    /**
     * Makes an API key of the same mode. The result has its {@code secret}, which is shown only now: keep it.
     *
     * @return the key
     * @throws BadRequestException when there are 100 active keys, or a scope that your own key lacks
     */
    public ApiKey create() {
        return create(KeyCreateParams.builder().build(), RequestOptions.none());
    }

    /**
     * Makes an API key of the same mode. The result has its {@code secret}, which is shown only now: keep it.
     *
     * @param params what to send
     * @return the key
     * @throws BadRequestException when there are 100 active keys, or a scope that your own key lacks
     */
    public ApiKey create(KeyCreateParams params) {
        return create(params, RequestOptions.none());
    }

    /**
     * Makes an API key of the same mode. The result has its {@code secret}, which is shown only now: keep it.
     *
     * @param params  what to send
     * @param options options of this call
     * @return the key
     * @throws BadRequestException when there are 100 active keys, or a scope that your own key lacks
     */
    public ApiKey create(KeyCreateParams params, RequestOptions options) {
        return Futures.result(async.create(params, options));
    }

    /**
     * Makes a key that takes the place of another. The result has its {@code secret}, which is shown only now: keep
     * it.
     *
     * @param keyId the id of the key
     * @return the key
     * @throws NotFoundException when there is no such key
     */
    public ApiKey rotate(String keyId) {
        return rotate(keyId, SecretRotateParams.builder().build(), RequestOptions.none());
    }

    /**
     * Makes a key that takes the place of another. The result has its {@code secret}, which is shown only now: keep
     * it.
     *
     * @param keyId  the id of the key
     * @param params what to send
     * @return the key
     * @throws NotFoundException when there is no such key
     */
    public ApiKey rotate(String keyId, SecretRotateParams params) {
        return rotate(keyId, params, RequestOptions.none());
    }

    /**
     * Makes a key that takes the place of another. The result has its {@code secret}, which is shown only now: keep
     * it.
     *
     * @param keyId   the id of the key
     * @param params  what to send
     * @param options options of this call
     * @return the key
     * @throws NotFoundException when there is no such key
     */
    public ApiKey rotate(String keyId, SecretRotateParams params, RequestOptions options) {
        return Futures.result(async.rotate(keyId, params, options));
    }

    /**
     * Ends a key at once. A key may revoke itself.
     *
     * @param keyId the id of the key
     * @return the key
     * @throws NotFoundException when there is no such key
     */
    public ApiKey revoke(String keyId) {
        return revoke(keyId, RequestOptions.none());
    }

    /**
     * Ends a key at once. A key may revoke itself.
     *
     * @param keyId   the id of the key
     * @param options options of this call
     * @return the key
     * @throws NotFoundException when there is no such key
     */
    public ApiKey revoke(String keyId, RequestOptions options) {
        return Futures.result(async.revoke(keyId, options));
    }
}
