<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** How many events are sent again. */
final readonly class Recovery extends Result
{
    /**
     * The number of deliveries that are sent again now. Events that were delivered, or are waiting already, are not
     * sent again.
     *
     * @var int
     */
    public ?int $queued;

    /** Present when there are more events than one request covers: repeat the request with it as since, in UTC. */
    public ?\DateTimeImmutable $nextSince;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->queued = $fields->int('queued');
        $this->nextSince = $fields->time('next_since');
    }
}
