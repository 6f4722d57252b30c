<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** Something that happened with a number. */
final readonly class NumberFinding extends Value
{
    /** @var \DateTimeImmutable When it happened, in UTC. */
    public ?\DateTimeImmutable $at;

    /** @var string Such as request, refusal, attempt, receipt, check, result, opt_out or limit. */
    public ?string $kind;

    /** @var string What happened, in plain words. */
    public ?string $text;

    /** The code that it is about. */
    public ?string $otpId;

    /** The message that it is about. */
    public ?string $messageId;

    /** The carrier, by its name on the server. */
    public ?string $carrier;

    /** The channel. */
    public ?string $channel;

    /** The carrier's own code for it. */
    public ?string $carrierCode;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->at = $fields->time('at');
        $this->kind = $fields->string('kind');
        $this->text = $fields->string('text');
        $this->otpId = $fields->string('otp_id');
        $this->messageId = $fields->string('message_id');
        $this->carrier = $fields->string('carrier');
        $this->channel = $fields->string('channel');
        $this->carrierCode = $fields->string('carrier_code');
    }
}
