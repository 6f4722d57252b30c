<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** The sandbox's clock. */
final readonly class SandboxClock extends Result
{
    /** @var \DateTimeImmutable The time in the sandbox, in UTC. */
    public ?\DateTimeImmutable $now;

    /** @var string How far the sandbox's clock is ahead of real time. */
    public ?string $offset;

    /**
     * false when processing what fell due took longer than 20 seconds: the clock has stopped on its way. Send
     * {"advance": "0s"}, or {"reset": true}, to continue.
     *
     * @var bool
     */
    public ?bool $done;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->now = $fields->time('now');
        $this->offset = $fields->string('offset');
        $this->done = $fields->bool('done');
    }
}
