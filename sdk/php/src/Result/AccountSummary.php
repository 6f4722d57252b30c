<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** An account of the server, as its operator sees it. */
final readonly class AccountSummary extends Result
{
    /** @var string Identifies the account. */
    public ?string $id;

    /** @var string Its name. */
    public ?string $name;

    /** @var int The credits that it can spend. */
    public ?int $credits;

    /** @var int The credits held for messages in progress. */
    public ?int $held;

    /** @var \DateTimeImmutable When it was made, in UTC. */
    public ?\DateTimeImmutable $createdAt;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->id = $fields->string('id');
        $this->name = $fields->string('name');
        $this->credits = $fields->int('credits');
        $this->held = $fields->int('held');
        $this->createdAt = $fields->time('created_at');
    }
}
