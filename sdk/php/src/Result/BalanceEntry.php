<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A line of the ledger of credits. */
final readonly class BalanceEntry extends Result
{
    /** @var int Its number, which counts up. */
    public ?int $seq;

    /** @var string Such as grant, hold, capture, release or refund. */
    public ?string $kind;

    /** @var int What it added to the credits; negative for what it took. */
    public ?int $credits;

    /** @var int What it added to the held credits; negative for what it took. */
    public ?int $held;

    /** @var int The credits after it. */
    public ?int $balance;

    /** The message that it is about. */
    public ?string $messageId;

    /** @var \DateTimeImmutable When it was written, in UTC. */
    public ?\DateTimeImmutable $createdAt;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->seq = $fields->int('seq');
        $this->kind = $fields->string('kind');
        $this->credits = $fields->int('credits');
        $this->held = $fields->int('held');
        $this->balance = $fields->int('balance');
        $this->messageId = $fields->string('message_id');
        $this->createdAt = $fields->time('created_at');
    }
}
