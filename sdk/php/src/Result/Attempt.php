<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** One attempt to send a message over a channel. */
final readonly class Attempt extends Value
{
    /** @var string whatsapp, sms, telegram or voice. */
    public ?string $channel;

    /** @var string The carrier's name in the server's configuration. */
    public ?string $carrier;

    /**
     * unknown: the carrier gave no answer, so it is unknown whether it accepted the message. Values: pending, sent,
     * delivered, read, failed, unknown.
     *
     * @var string
     */
    public ?string $status;

    /** @var int The credits charged for it. */
    public ?int $credits;

    /** @var \DateTimeImmutable When the attempt began, in UTC. */
    public ?\DateTimeImmutable $at;

    /** The carrier's own error code. */
    public ?string $carrierCode;

    /** Why it was made over this carrier. */
    public ?string $chosen;

    /** What it cost the operator, in credits; only for keys with the scope operator. */
    public ?int $cost;

    /** Why it failed: one of a fixed list of reasons. */
    public ?string $reason;

    /** Whether it was submitted again although the phone may have received it before. */
    public ?bool $repeated;

    /** SMS segments; absent on other channels. */
    public ?int $segments;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->channel = $fields->string('channel');
        $this->carrier = $fields->string('carrier');
        $this->status = $fields->string('status');
        $this->credits = $fields->int('credits');
        $this->at = $fields->time('at');
        $this->carrierCode = $fields->string('carrier_code');
        $this->chosen = $fields->string('chosen');
        $this->cost = $fields->int('cost');
        $this->reason = $fields->string('reason');
        $this->repeated = $fields->bool('repeated');
        $this->segments = $fields->int('segments');
    }
}
