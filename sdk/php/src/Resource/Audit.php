<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Internal\Encode;
use SysSecure\Page;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** The log of changes to the account. */
final readonly class Audit extends Resource
{
    /**
     * Lists the changes that were made to the account, newest first.
     *
     * @param string|null $of whose log: account, the default, or installation, which needs the scope operator
     * @param string|null $actor only changes by this user or key
     * @param string|null $action only this action, such as key.rotated
     * @param string|null $object only changes to this object, by its id
     * @param \DateTimeInterface|string|null $createdAfter only those from this time on
     * @param \DateTimeInterface|string|null $createdBefore only those before this time
     * @param int|null $limit the most rows on a page: 1 to 100, 20 by default
     * @param string|null $cursor the nextCursor of another page, to begin after it
     * @param RequestOptions|null $options of this call alone
     *
     * @return Page<Result\AuditEntry> which goes on to the next pages by itself when you loop over it
     *
     * @throws SysSecureException an AuthenticationException when the key lacks the scope admin
     */
    public function list(
        ?string $of = null,
        ?string $actor = null,
        ?string $action = null,
        #[\SensitiveParameter] ?string $object = null,
        \DateTimeInterface|string|null $createdAfter = null,
        \DateTimeInterface|string|null $createdBefore = null,
        ?int $limit = null,
        ?string $cursor = null,
        ?RequestOptions $options = null,
    ): Page {
        return $this->engine->page(Result\AuditEntry::class, new Call(
            'GET', '/audit',
            query: [
                'of' => $of,
                'actor' => $actor,
                'action' => $action,
                'object' => $object,
                'created_after' => Encode::time($createdAfter),
                'created_before' => Encode::time($createdBefore),
                'limit' => $limit,
                'cursor' => $cursor,
            ],
            options: $options,
        ));
    }
}
