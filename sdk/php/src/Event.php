<?php

declare(strict_types=1);

namespace SysSecure;

use SysSecure\Internal\FieldException;
use SysSecure\Internal\Fields;
use SysSecure\Result\Value;

/**
 * What a webhook tells. Which fields have a value depends on the type. Types that this version of the SDK does not know
 * are no error.
 */
final readonly class Event extends Value
{
    /** The type, such as "message.delivered". */
    public string $type;

    /** The message. */
    public ?string $messageId;

    /** The OTP; of a message, the one whose code it carried. */
    public ?string $otpId;

    /** The endpoint that was disabled. */
    public ?string $webhookId;

    /** The inbound message. */
    public ?string $inboundId;

    /** whatsapp, sms, telegram or voice. */
    public ?string $channel;

    /** Of message.received: the phone, in E.164 format. */
    public ?string $from;

    /** The phone number; of message.received, what the phone wrote to. */
    public ?string $to;

    /** Of message.received: what the phone wrote. */
    public ?string $body;

    /** What the message or OTP became. */
    public ?string $status;

    /** What the code was for, as the send named it. */
    public ?string $purpose;

    /** The word that the recipient replied, such as STOP. */
    public ?string $keyword;

    /** Why it failed, or why the endpoint was disabled. */
    public ?string $reason;

    /** The carrier's own error code. */
    public ?string $carrierCode;

    /** @var array<string, mixed> The metadata of the send. */
    public array $metadata;

    /** Milliseconds since the message or the OTP was created. */
    public ?int $latencyMs;

    /** Of credits.low: the credits that are left. */
    public ?int $credits;

    /** Of credits.low: the threshold below which they fell. */
    public ?int $threshold;

    /** The number of the event among those of its message or OTP, from 1: events can arrive in another order. */
    public ?int $sequence;

    /** Whether it is from the sandbox. */
    public ?bool $test;

    /** When it happened, in UTC: the one time field that the event has, such as delivered_at. */
    public ?\DateTimeImmutable $at;

    /** @internal Webhook::constructEvent makes events. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->type = $fields->string('event') ?? throw new FieldException('the field event is missing');
        $this->messageId = $fields->string('message_id');
        $this->otpId = $fields->string('otp_id');
        $this->webhookId = $fields->string('webhook_id');
        $this->inboundId = $fields->string('inbound_id');
        $this->channel = $fields->string('channel');
        $this->from = $fields->string('from');
        $this->to = $fields->string('to');
        $this->body = $fields->string('body');
        $this->status = $fields->string('status');
        $this->purpose = $fields->string('purpose');
        $this->keyword = $fields->string('keyword');
        $this->reason = $fields->string('reason');
        $this->carrierCode = $fields->string('carrier_code');
        $this->metadata = $fields->map('metadata');
        $this->latencyMs = $fields->int('latency_ms');
        $this->credits = $fields->int('credits');
        $this->threshold = $fields->int('threshold');
        $this->sequence = $fields->int('sequence');
        $this->test = $fields->bool('test');
        $this->at = self::firstTime($fields->raw);
    }

    /** @param array<string, mixed> $raw */
    private static function firstTime(array $raw): ?\DateTimeImmutable
    {
        foreach ($raw as $name => $value) {
            if (str_ends_with((string) $name, '_at') && is_string($value)) {
                $time = Fields::parseTime($value);

                if ($time !== null) {
                    return $time;
                }
            }
        }

        return null;
    }
}
