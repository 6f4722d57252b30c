<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** What a phone wrote: a row of `inbound->list`. */
final readonly class InboundMessage extends Result
{
    /** @var string The inbound message's id. */
    public ?string $id;

    /** @var string The channel on which it was received. Values: whatsapp, sms, telegram, voice. */
    public ?string $channel;

    /** @var string The carrier that received it; sandbox for test keys. */
    public ?string $carrier;

    /**
     * The number of the phone, in E.164 format: for a phone that the account has sent messages to, as those were
     * addressed.
     *
     * @var string
     */
    public ?string $from;

    /**
     * What the phone replied to: a number in E.164 format, a short code or a name. Empty when the carrier does not
     * say.
     *
     * @var string
     */
    public ?string $to;

    /** @var string The text of the message. */
    public ?string $body;

    /** @var \DateTimeImmutable When it was received, in UTC. */
    public ?\DateTimeImmutable $receivedAt;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->id = $fields->string('inbound_id');
        $this->channel = $fields->string('channel');
        $this->carrier = $fields->string('carrier');
        $this->from = $fields->string('from');
        $this->to = $fields->string('to');
        $this->body = $fields->string('body');
        $this->receivedAt = $fields->time('received_at');
    }
}
