<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A report of codes sent and verified. */
final readonly class Conversion extends Result
{
    /** @var string The first day of the report. */
    public ?string $from;

    /** @var string The last day of the report. */
    public ?string $to;

    /**
     * A line for each group with codes, sorted by day, country, prefix, channel and carrier.
     *
     * @var list<ConversionLine>
     */
    public array $data;

    /** @var ConversionLine The sums of all groups. */
    public ?ConversionLine $total;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->from = $fields->string('from');
        $this->to = $fields->string('to');
        $this->data = $fields->many('data', ConversionLine::class);
        $this->total = $fields->one('total', ConversionLine::class);
    }
}
