<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** The sums of a report. */
final readonly class UsageSums extends Value
{
    /** @var int Messages that a carrier accepted. One that was accepted on two channels counts twice. */
    public ?int $messages;

    /** @var int The SMS segments of these messages. */
    public ?int $segments;

    /** @var int The credits charged for them, without those that were refunded after failed receipts. */
    public ?int $credits;

    /** What they cost the operator, in credits; only for keys with the scope operator. */
    public ?int $cost;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->messages = $fields->int('messages');
        $this->segments = $fields->int('segments');
        $this->credits = $fields->int('credits');
        $this->cost = $fields->int('cost');
    }
}
