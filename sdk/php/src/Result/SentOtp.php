<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** The code that was sent: the result of `otp->send` and `otp->resend`. */
final readonly class SentOtp extends Result
{
    /** @var string The id, by which the code is verified. */
    public ?string $id;

    /** @var string sent: a carrier has accepted the message. pending: none has yet, and the server keeps trying. */
    public ?string $status;

    /**
     * The channel on which a carrier accepted the message, or that is being tried. Values: whatsapp, sms, telegram,
     * voice.
     *
     * @var string
     */
    public ?string $channel;

    /** @var string The phone number, in E.164 format. */
    public ?string $to;

    /** @var \DateTimeImmutable When the code expires, in UTC. */
    public ?\DateTimeImmutable $expiresAt;

    /** @var \DateTimeImmutable When it was created, in UTC. */
    public ?\DateTimeImmutable $createdAt;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->id = $fields->string('otp_id');
        $this->status = $fields->string('status');
        $this->channel = $fields->string('channel');
        $this->to = $fields->string('to');
        $this->expiresAt = $fields->time('expires_at');
        $this->createdAt = $fields->time('created_at');
    }
}
