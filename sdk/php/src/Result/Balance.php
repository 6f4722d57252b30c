<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** The credits of the account. */
final readonly class Balance extends Result
{
    /** @var int The credits that can be spent, without those that are held. */
    public ?int $credits;

    /** @var int The credits held for messages in progress. */
    public ?int $held;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->credits = $fields->int('credits');
        $this->held = $fields->int('held');
    }
}
