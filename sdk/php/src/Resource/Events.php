<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Page;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** The events that the server keeps. */
final readonly class Events extends Resource
{
    /**
     * Lists the events of the last 30 days: newest first, or oldest first with $after.
     * With $after, the iteration ends at the newest event: keep the id of the last one, to go on from it later.
     *
     * @param string|null $after lists oldest first, beginning after the event with this id, or at the oldest with
     *     "start"
     * @param string|null $type only events of this type, such as message.delivered; not with $after
     * @param int|null $limit the most rows on a page: 1 to 100, 20 by default
     * @param string|null $cursor the nextCursor of another page, to begin after it
     * @param RequestOptions|null $options of this call alone
     *
     * @return Page<Result\StoredEvent> which goes on to the next pages by itself when you loop over it
     *
     * @throws SysSecureException
     */
    public function list(
        ?string $after = null,
        ?string $type = null,
        ?int $limit = null,
        ?string $cursor = null,
        ?RequestOptions $options = null,
    ): Page {
        return $this->engine->page(Result\StoredEvent::class, new Call(
            'GET', '/events',
            query: ['after' => $after, 'type' => $type, 'limit' => $limit, 'cursor' => $cursor],
            options: $options,
        ), $after === null ? 'cursor' : 'after');
    }
}
