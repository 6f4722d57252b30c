<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** An event that the server keeps: a row of `events->list`. */
final readonly class StoredEvent extends Result
{
    /** @var string The event's id. */
    public ?string $id;

    /** @var string The type, such as "message.delivered". */
    public ?string $event;

    /** @var \DateTimeImmutable When it was created, in UTC. */
    public ?\DateTimeImmutable $createdAt;

    /** The exact body that is posted to webhook endpoints. */
    public mixed $payload;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->id = $fields->string('id');
        $this->event = $fields->string('event');
        $this->createdAt = $fields->time('created_at');
        $this->payload = $fields->any('payload');
    }
}
