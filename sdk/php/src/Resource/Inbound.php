<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Internal\Encode;
use SysSecure\Page;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** What phones wrote. */
final readonly class Inbound extends Resource
{
    /**
     * Lists what phones wrote, newest first.
     *
     * @param string|null $to only messages to this number, short code or name
     * @param string|null $from only messages from this number, in E.164 format
     * @param \DateTimeInterface|string|null $receivedAfter only messages received at this time or later
     * @param \DateTimeInterface|string|null $receivedBefore only messages received before this time
     * @param int|null $limit the most rows on a page: 1 to 100, 20 by default
     * @param string|null $cursor the nextCursor of another page, to begin after it
     * @param RequestOptions|null $options of this call alone
     *
     * @return Page<Result\InboundMessage> which goes on to the next pages by itself when you loop over it
     *
     * @throws SysSecureException
     */
    public function list(
        #[\SensitiveParameter] ?string $to = null,
        #[\SensitiveParameter] ?string $from = null,
        \DateTimeInterface|string|null $receivedAfter = null,
        \DateTimeInterface|string|null $receivedBefore = null,
        ?int $limit = null,
        ?string $cursor = null,
        ?RequestOptions $options = null,
    ): Page {
        return $this->engine->page(Result\InboundMessage::class, new Call(
            'GET', '/inbound',
            query: [
                'to' => $to,
                'from' => $from,
                'received_after' => Encode::time($receivedAfter),
                'received_before' => Encode::time($receivedBefore),
                'limit' => $limit,
                'cursor' => $cursor,
            ],
            options: $options,
        ));
    }
}
