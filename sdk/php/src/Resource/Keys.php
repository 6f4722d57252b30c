<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Internal\Encode;
use SysSecure\Page;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** API keys. */
final readonly class Keys extends Resource
{
    /**
     * Lists the API keys of this key's mode, newest first; those that ended, too.
     *
     * @param string|null $status only those that are working, active, expiring, expired or revoked
     * @param string|null $search only those with this text in their name, prefix or id
     * @param int|null $limit the most rows on a page: 1 to 100, 20 by default
     * @param string|null $cursor the nextCursor of another page, to begin after it
     * @param RequestOptions|null $options of this call alone
     *
     * @return Page<Result\ApiKey> which goes on to the next pages by itself when you loop over it
     *
     * @throws SysSecureException an AuthenticationException when the key lacks the scope admin
     */
    public function list(
        ?string $status = null,
        ?string $search = null,
        ?int $limit = null,
        ?string $cursor = null,
        ?RequestOptions $options = null,
    ): Page {
        return $this->engine->page(Result\ApiKey::class, new Call(
            'GET', '/keys',
            query: ['status' => $status, 'search' => $search, 'limit' => $limit, 'cursor' => $cursor],
            options: $options,
        ));
    }

    /**
     * Makes an API key of the same mode. The result has its secret, which is shown only now: keep it.
     *
     * @param string|null $name your name for it, at most 64 characters
     * @param list<string>|null $scopes what it may do; only scopes that your own key has, and by default all of them
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a BadRequestException when there are 100 active keys, or a scope that your own key
     *     lacks
     */
    public function create(?string $name = null, ?array $scopes = null, ?RequestOptions $options = null): Result\ApiKey
    {
        return $this->engine->result(Result\ApiKey::class, new Call(
            'POST', '/keys',
            body: Encode::fields(['name' => $name, 'scopes' => Encode::list($scopes)]),
            options: $options,
        ));
    }

    /**
     * Makes a key that takes the place of another. The result has its secret, which is shown only now: keep it.
     *
     * @param string $keyId the id of the key
     * @param int|float|\DateInterval|null $overlap how long the old key still works, in whole seconds: at most 30
     *     days; one day by default
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such key
     */
    public function rotate(
        string $keyId,
        int|float|\DateInterval|null $overlap = null,
        ?RequestOptions $options = null,
    ): Result\ApiKey {
        return $this->engine->result(Result\ApiKey::class, new Call(
            'POST', '/keys/{key_id}/rotate', ['key_id' => $keyId],
            body: Encode::fields(['overlap' => Encode::seconds('overlap', $overlap)]),
            options: $options,
        ));
    }

    /**
     * Ends a key at once. A key may revoke itself.
     *
     * @param string $keyId the id of the key
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such key
     */
    public function revoke(string $keyId, ?RequestOptions $options = null): Result\ApiKey
    {
        return $this->engine->result(Result\ApiKey::class, new Call(
            'DELETE', '/keys/{key_id}', ['key_id' => $keyId],
            options: $options,
        ));
    }
}
