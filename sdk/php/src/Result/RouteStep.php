<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A step of a plan. */
final readonly class RouteStep extends Value
{
    /** @var string The channel. */
    public ?string $channel;

    /** @var string The carrier's name. */
    public ?string $carrier;

    /** How the carrier is reached. */
    public ?string $kind;

    /** @var int The price of a unit. */
    public ?int $credits;

    /** @var string What is counted: segment, message or call. */
    public ?string $unit;

    /** What a unit costs the operator, if that is configured. */
    public ?int $cost;

    /** @var float How long a receipt is waited for, or an answered call. */
    public ?float $waitSeconds;

    /** @var bool Whether the carrier sends receipts. */
    public ?bool $receipts;

    /** @var string Why the step is at its place. */
    public ?string $chosen;

    /** The share of messages that begin with it, from 0 to 1, when carriers are chosen by their rate. */
    public ?float $first;

    /** The mean time to verify a code that came this way. */
    public ?float $timeToVerifySeconds;

    /** The carrier's state. */
    public ?string $state;

    /** @var list<string> What is wrong with the carrier. */
    public array $trouble;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->channel = $fields->string('channel');
        $this->carrier = $fields->string('carrier');
        $this->kind = $fields->string('kind');
        $this->credits = $fields->int('credits');
        $this->unit = $fields->string('unit');
        $this->cost = $fields->int('cost');
        $this->waitSeconds = $fields->float('wait_seconds');
        $this->receipts = $fields->bool('receipts');
        $this->chosen = $fields->string('chosen');
        $this->first = $fields->float('first');
        $this->timeToVerifySeconds = $fields->float('time_to_verify_seconds');
        $this->state = $fields->string('state');
        $this->trouble = $fields->strings('trouble');
    }
}
