<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** What a channel costs. */
final readonly class Price extends Result
{
    /** @var string The channel. */
    public ?string $channel;

    /** @var string The first digits of the numbers; empty for all others. */
    public ?string $prefix;

    /** The ISO 3166-1 code of their country. */
    public ?string $country;

    /** @var string What is counted: segment, message or call. */
    public ?string $unit;

    /** @var int The credits for one unit. */
    public ?int $credits;

    /** What a unit costs the operator; only for keys with the scope operator. */
    public ?int $cost;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->channel = $fields->string('channel');
        $this->prefix = $fields->string('prefix');
        $this->country = $fields->string('country');
        $this->unit = $fields->string('unit');
        $this->credits = $fields->int('credits');
        $this->cost = $fields->int('cost');
    }
}
