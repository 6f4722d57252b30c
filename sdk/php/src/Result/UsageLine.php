<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A group of messages in a report. */
final readonly class UsageLine extends Value
{
    /** @var int Messages that a carrier accepted. One that was accepted on two channels counts twice. */
    public ?int $messages;

    /** @var int The SMS segments of these messages. */
    public ?int $segments;

    /** @var int The credits charged for them, without those that were refunded after failed receipts. */
    public ?int $credits;

    /** The channel. */
    public ?string $channel;

    /** What they cost the operator, in credits; only for keys with the scope operator. */
    public ?int $cost;

    /** The ISO 3166-1 code of the number's country; 001 for international numbers, empty when unknown. */
    public ?string $country;

    /** The day (UTC) on which the messages were created. */
    public ?string $day;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->messages = $fields->int('messages');
        $this->segments = $fields->int('segments');
        $this->credits = $fields->int('credits');
        $this->channel = $fields->string('channel');
        $this->cost = $fields->int('cost');
        $this->country = $fields->string('country');
        $this->day = $fields->string('day');
    }
}
