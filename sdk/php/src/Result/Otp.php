<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** An OTP as the server knows it: the result of `otp->get` and `otp->cancel`, and a row of `otp->list`. */
final readonly class Otp extends Result
{
    /** @var string The id, by which the code is verified. */
    public ?string $id;

    /** @var string pending, sent, delivered, verified, expired, failed or canceled. */
    public ?string $status;

    /**
     * The channel on which a carrier accepted the message, or that is tried next. Values: whatsapp, sms, telegram,
     * voice.
     *
     * @var string
     */
    public ?string $channel;

    /** @var string The phone number, in E.164 format. */
    public ?string $to;

    /** @var int How many more codes can be tried. */
    public ?int $attemptsRemaining;

    /** @var list<Attempt> The attempts, oldest first. */
    public array $attempts;

    /**
     * Any JSON object of up to 4 KB and 5 levels, for your own use. It is returned unchanged, also in webhooks.
     *
     * @var array<string, mixed>
     */
    public array $metadata;

    /** @var \DateTimeImmutable When the code expires, in UTC. */
    public ?\DateTimeImmutable $expiresAt;

    /** @var \DateTimeImmutable When it was created, in UTC. */
    public ?\DateTimeImmutable $createdAt;

    /** The purpose in the send; absent when it had none. */
    public ?string $purpose;

    /**
     * true for a code to one of the server's test numbers with a live key: no message was sent, and the code is in the
     * server's configuration.
     */
    public ?bool $testNumber;

    /** When the code was verified, in UTC. */
    public ?\DateTimeImmutable $verifiedAt;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->id = $fields->string('otp_id');
        $this->status = $fields->string('status');
        $this->channel = $fields->string('channel');
        $this->to = $fields->string('to');
        $this->attemptsRemaining = $fields->int('attempts_remaining');
        $this->attempts = $fields->many('attempts', Attempt::class);
        $this->metadata = $fields->map('metadata');
        $this->expiresAt = $fields->time('expires_at');
        $this->createdAt = $fields->time('created_at');
        $this->purpose = $fields->string('purpose');
        $this->testNumber = $fields->bool('test_number');
        $this->verifiedAt = $fields->time('verified_at');
    }
}
