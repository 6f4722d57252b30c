<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** The message that was sent or scheduled: the result of `sms->send`. */
final readonly class SentSms extends Result
{
    /** @var string The message's id. */
    public ?string $id;

    /**
     * sent: a carrier has accepted the message. scheduled: it will be sent at scheduled_at. pending: no carrier is
     * known to have accepted it yet; the server keeps trying, unless on_unknown is hold and the carrier gave no
     * answer.
     *
     * @var string
     */
    public ?string $status;

    /** @var string sms. */
    public ?string $channel;

    /** @var string The phone number, in E.164 format. */
    public ?string $to;

    /** @var string The sender; empty when neither the request, the account nor the carrier has one. */
    public ?string $from;

    /** @var int The number of SMS segments. */
    public ?int $segments;

    /** @var string The encoding of the text. Values: gsm7, ucs2. */
    public ?string $encoding;

    /** @var int The credits charged, or held until a carrier accepts the message. */
    public ?int $credits;

    /** @var \DateTimeImmutable When it was created, in UTC. */
    public ?\DateTimeImmutable $createdAt;

    /** @var list<Replacement> The characters that smart encoding replaced. */
    public array $replaced;

    /** When the message will be sent, in UTC. */
    public ?\DateTimeImmutable $scheduledAt;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->id = $fields->string('message_id');
        $this->status = $fields->string('status');
        $this->channel = $fields->string('channel');
        $this->to = $fields->string('to');
        $this->from = $fields->string('from');
        $this->segments = $fields->int('segments');
        $this->encoding = $fields->string('encoding');
        $this->credits = $fields->int('credits');
        $this->createdAt = $fields->time('created_at');
        $this->replaced = $fields->many('replaced', Replacement::class);
        $this->scheduledAt = $fields->time('scheduled_at');
    }
}
