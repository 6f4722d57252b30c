<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** One try to deliver an event. */
final readonly class DeliveryTry extends Value
{
    /** @var \DateTimeImmutable When it began, in UTC. */
    public ?\DateTimeImmutable $at;

    /** @var int How long the attempt took, in milliseconds. */
    public ?int $durationMs;

    /** The first 1,024 bytes of the answer, unless it was 2xx. */
    public ?string $answer;

    /**
     * Why there was no answer: destination_not_allowed, dns_failed, connection_failed, tls_failed, timeout,
     * invalid_url, endpoint_deleted, secret_unreadable, event_unreadable.
     */
    public ?string $error;

    /** The HTTP status of the endpoint's answer; absent when there was none. */
    public ?int $statusCode;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->at = $fields->time('at');
        $this->durationMs = $fields->int('duration_ms');
        $this->answer = $fields->string('answer');
        $this->error = $fields->string('error');
        $this->statusCode = $fields->int('status_code');
    }
}
