<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** What the numbering plans say about a number. */
final readonly class Lookup extends Result
{
    /**
     * Whether the number is in a range that is in use and that the server's operator serves. It does not say whether
     * the number has been assigned.
     *
     * @var bool
     */
    public ?bool $valid;

    /** @var string The number, in E.164 format. */
    public ?string $number;

    /**
     * The ISO 3166-1 code of the country; 001 for international numbers, empty when no numbering plan has the number.
     *
     * @var string
     */
    public ?string $country;

    /**
     * What the number is for, by its numbering plan. Values: unknown, mobile, fixed_line, fixed_line_or_mobile,
     * toll_free, premium_rate, shared_cost, voip, personal, pager, uan, voicemail.
     *
     * @var string
     */
    public ?string $type;

    /** @var string The number as dialled inside its country. */
    public ?string $national;

    /** @var string The number as dialled from abroad. */
    public ?string $international;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->valid = $fields->bool('valid');
        $this->number = $fields->string('number');
        $this->country = $fields->string('country');
        $this->type = $fields->string('type');
        $this->national = $fields->string('national');
        $this->international = $fields->string('international');
    }
}
