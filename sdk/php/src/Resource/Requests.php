<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Internal\Encode;
use SysSecure\Page;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** The log of requests to the API. */
final readonly class Requests extends Resource
{
    /**
     * Lists requests to the API, newest first. A busy server leaves some out, and says how many.
     *
     * @param string|null $keyId only requests with this key
     * @param string|null $status only those with this outcome: success, error, 2xx, 4xx, 5xx or a status such as 429
     * @param string|null $method only those with this HTTP method
     * @param string|null $operation only this operation, such as send-otp
     * @param \DateTimeInterface|string|null $createdAfter only those from this time on
     * @param \DateTimeInterface|string|null $createdBefore only those before this time
     * @param int|null $limit the most rows on a page: 1 to 100, 20 by default
     * @param string|null $cursor the nextCursor of another page, to begin after it
     * @param RequestOptions|null $options of this call alone
     *
     * @return Page<Result\LoggedRequest> which goes on to the next pages by itself when you loop over it
     *
     * @throws SysSecureException
     */
    public function list(
        ?string $keyId = null,
        ?string $status = null,
        ?string $method = null,
        ?string $operation = null,
        \DateTimeInterface|string|null $createdAfter = null,
        \DateTimeInterface|string|null $createdBefore = null,
        ?int $limit = null,
        ?string $cursor = null,
        ?RequestOptions $options = null,
    ): Page {
        return $this->engine->page(Result\LoggedRequest::class, new Call(
            'GET', '/requests',
            query: [
                'key_id' => $keyId,
                'status' => $status,
                'method' => $method,
                'operation' => $operation,
                'created_after' => Encode::time($createdAfter),
                'created_before' => Encode::time($createdBefore),
                'limit' => $limit,
                'cursor' => $cursor,
            ],
            options: $options,
        ));
    }
}
