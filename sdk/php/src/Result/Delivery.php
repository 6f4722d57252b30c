<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** An event on its way to an endpoint. */
final readonly class Delivery extends Result
{
    /** @var string The event's id, the same in all attempts and redeliveries. */
    public ?string $id;

    /** @var string The type, such as "message.delivered". */
    public ?string $event;

    /**
     * waiting: it will be sent, or sent again. delivered: the endpoint answered 2xx. failed: all attempts failed, or
     * the endpoint answered 410; it can be sent again for 30 days.
     *
     * @var string
     */
    public ?string $status;

    /** @var int How many attempts were made. */
    public ?int $attempts;

    /** @var \DateTimeImmutable When it was created, in UTC. */
    public ?\DateTimeImmutable $createdAt;

    /** @var list<DeliveryTry> The last attempts, oldest first. */
    public array $tries;

    /**
     * When the next attempt is due. It may be made later when the endpoint fails often; no attempt is lost by that. In
     * UTC.
     */
    public ?\DateTimeImmutable $nextAttemptAt;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->id = $fields->string('id');
        $this->event = $fields->string('event');
        $this->status = $fields->string('status');
        $this->attempts = $fields->int('attempts');
        $this->createdAt = $fields->time('created_at');
        $this->tries = $fields->many('tries', DeliveryTry::class);
        $this->nextAttemptAt = $fields->time('next_attempt_at');
    }
}
