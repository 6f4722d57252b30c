<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A message that a sandbox phone received. */
final readonly class SandboxMessage extends Result
{
    /** @var string The id of the message. */
    public ?string $messageId;

    /** The id of the code; null for a text. */
    public ?string $otpId;

    /** The status of the message now; null when the message has been removed. */
    public ?string $status;

    /** @var string The phone number, in E.164 format. */
    public ?string $to;

    /** @var string whatsapp, sms, telegram or voice. */
    public ?string $channel;

    /** @var string The text that the phone would have shown. */
    public ?string $body;

    /** @var \DateTimeImmutable When the phone received it, in UTC. */
    public ?\DateTimeImmutable $at;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->messageId = $fields->string('message_id');
        $this->otpId = $fields->string('otp_id');
        $this->status = $fields->string('status');
        $this->to = $fields->string('to');
        $this->channel = $fields->string('channel');
        $this->body = $fields->string('body');
        $this->at = $fields->time('at');
    }
}
