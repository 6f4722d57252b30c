<?php

declare(strict_types=1);

namespace SysSecure;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Cursor;
use SysSecure\Internal\Fields;
use SysSecure\Result\Result;

/**
 * One page of a list. A loop over it goes on to the next pages by itself, one request for each; to stay on this page,
 * loop over $data.
 *
 * @template T of Result
 * @implements \IteratorAggregate<int, T>
 */
final readonly class Page extends Result implements \IteratorAggregate
{
    /** @var list<T> The rows of this page; there can be none although more follow. */
    public array $data;

    /** The cursor of the next page; null on the last one. */
    public ?string $nextCursor;

    /** Whether there is a next page. */
    public bool $hasMore;

    /**
     * @internal The client makes pages.
     *
     * @param class-string<T> $class
     */
    public function __construct(Fields $fields, string $class, private Cursor $cursor)
    {
        parent::__construct($fields);
        $this->data = $fields->many('data', $class);
        $this->nextCursor = $fields->string('next_cursor');
        $this->hasMore = $this->nextCursor !== null && (!$cursor->isEndless || $this->data !== []);
    }

    /**
     * Gets the next page.
     *
     * @return self<T>|null null when this is the last one
     *
     * @throws SysSecureException
     */
    public function nextPage(): ?self
    {
        return $this->hasMore ? ($this->cursor->next)((string) $this->nextCursor) : null;
    }

    /**
     * All rows from this page on.
     *
     * @return \Generator<int, T>
     *
     * @throws SysSecureException when a further page cannot be had; an APIResponseException when a cursor comes back
     */
    public function getIterator(): \Generator
    {
        $seen = [(string) $this->cursor->current => true];
        $row = 0;

        for ($page = $this; $page !== null; $page = $page->nextPage()) {
            foreach ($page->data as $item) {
                yield $row++ => $item;
            }
            $cursor = (string) $page->nextCursor;

            if ($page->hasMore && isset($seen[$cursor])) {
                throw ($page->cursor->repeated)();
            }
            $seen[$cursor] = true;
        }
    }
}
