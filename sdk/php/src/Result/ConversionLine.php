<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A group of codes in a report, or the sums of all groups. */
final readonly class ConversionLine extends Value
{
    /** @var int Codes whose first message a carrier accepted. */
    public ?int $codes;

    /** @var int Messages with codes that a carrier accepted: every channel and every resend counts. */
    public ?int $sent;

    /** @var int The messages of sent that were delivered, by a receipt. */
    public ?int $delivered;

    /** @var int Codes that were verified. A code counts in the group of its newest message's last accepted attempt. */
    public ?int $verified;

    /** verified divided by codes or, when grouped by channel or carrier, by sent. null when that is 0. */
    public ?float $conversionRate;

    /**
     * The median time from the creation of a code to its verification, accurate to 10%; null when none was verified.
     */
    public ?float $medianSeconds;

    /** The time within which 95% of the verified codes were verified; null when none was verified. */
    public ?float $p95Seconds;

    /** @var int The credits charged for the messages. */
    public ?int $credits;

    /** Credits divided by verified codes; null when none was verified. */
    public ?float $creditsPerVerified;

    /** The carrier's name in the server's configuration. */
    public ?string $carrier;

    /** The channel. */
    public ?string $channel;

    /** The ISO 3166-1 code of the number's country; 001 for international numbers, empty when unknown. */
    public ?string $country;

    /** The day (UTC) on which the codes were sent. */
    public ?string $day;

    /** The number's first digits: the calling code and the next two digits, or the next three for +1 and +7. */
    public ?string $prefix;

    /** The id of the template; built-in for the built-in text, other for those that are counted together. */
    public ?string $template;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->codes = $fields->int('codes');
        $this->sent = $fields->int('sent');
        $this->delivered = $fields->int('delivered');
        $this->verified = $fields->int('verified');
        $this->conversionRate = $fields->float('conversion_rate');
        $this->medianSeconds = $fields->float('median_seconds');
        $this->p95Seconds = $fields->float('p95_seconds');
        $this->credits = $fields->int('credits');
        $this->creditsPerVerified = $fields->float('credits_per_verified');
        $this->carrier = $fields->string('carrier');
        $this->channel = $fields->string('channel');
        $this->country = $fields->string('country');
        $this->day = $fields->string('day');
        $this->prefix = $fields->string('prefix');
        $this->template = $fields->string('template');
    }
}
