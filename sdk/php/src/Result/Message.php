<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/**
 * A message as the server knows it: the result of `messages->get` and `messages->cancel`, and a row of
 * `messages->list`.
 */
final readonly class Message extends Result
{
    /** @var string The message's id. */
    public ?string $id;

    /**
     * What became of it. unknown: a carrier gave no answer, so it may or may not have the message, and it is not
     * submitted again. Values: scheduled, pending, sent, delivered, read, failed, canceled, unknown.
     *
     * @var string
     */
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

    /** @var string The sender; empty when none is known. */
    public ?string $from;

    /** @var int The number of SMS segments; 0 on other channels. */
    public ?int $segments;

    /** @var string The encoding of the text as an SMS. Values: gsm7, ucs2. */
    public ?string $encoding;

    /** @var int The credits charged, or held until a carrier accepts the message. */
    public ?int $credits;

    /**
     * The carrier that accepted the message, or that is tried next, by its name in the server's configuration.
     *
     * @var string
     */
    public ?string $carrier;

    /**
     * Any JSON object of up to 4 KB and 5 levels, for your own use. It is returned unchanged, also in webhooks.
     *
     * @var array<string, mixed>
     */
    public array $metadata;

    /** @var list<Replacement> The characters that smart encoding replaced. */
    public array $replaced;

    /** @var list<Attempt> The attempts, oldest first; none while the message is scheduled. */
    public array $attempts;

    /** @var \DateTimeImmutable When it was created, in UTC. */
    public ?\DateTimeImmutable $createdAt;

    /** When the phone received the message, by the carrier's receipt. In UTC. */
    public ?\DateTimeImmutable $deliveredAt;

    /** Why it failed: one of a fixed list of reasons. */
    public ?string $reason;

    /** The time for which the message is or was scheduled, in UTC. */
    public ?\DateTimeImmutable $scheduledAt;

    /** When a carrier accepted the message, in UTC. */
    public ?\DateTimeImmutable $sentAt;

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
        $this->carrier = $fields->string('carrier');
        $this->metadata = $fields->map('metadata');
        $this->replaced = $fields->many('replaced', Replacement::class);
        $this->attempts = $fields->many('attempts', Attempt::class);
        $this->createdAt = $fields->time('created_at');
        $this->deliveredAt = $fields->time('delivered_at');
        $this->reason = $fields->string('reason');
        $this->scheduledAt = $fields->time('scheduled_at');
        $this->sentAt = $fields->time('sent_at');
    }
}
