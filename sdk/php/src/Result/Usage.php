<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A report of messages and credits. */
final readonly class Usage extends Result
{
    /** @var string The first day of the report. */
    public ?string $from;

    /** @var string The last day of the report. */
    public ?string $to;

    /** @var list<UsageLine> A line for each group with messages, sorted by day, country and channel. */
    public array $data;

    /** @var UsageSums The sums of all groups. */
    public ?UsageSums $total;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->from = $fields->string('from');
        $this->to = $fields->string('to');
        $this->data = $fields->many('data', UsageLine::class);
        $this->total = $fields->one('total', UsageSums::class);
    }
}
