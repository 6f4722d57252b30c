<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A character of a text that smart encoding replaced, so that the SMS is shorter. */
final readonly class Replacement extends Value
{
    /** @var string The character. */
    public ?string $from;

    /** @var string What replaced it; empty when it was left out. */
    public ?string $to;

    /** @var int How often. */
    public ?int $count;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->from = $fields->string('from');
        $this->to = $fields->string('to');
        $this->count = $fields->int('count');
    }
}
