<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A request to the API, without its body. */
final readonly class LoggedRequest extends Result
{
    /** @var string The id of the request, as in X-Request-Id. */
    public ?string $id;

    /** @var string The HTTP method. */
    public ?string $method;

    /** @var string The path, with numbers masked. */
    public ?string $path;

    /** The operation, such as send-otp. */
    public ?string $operation;

    /** @var int The HTTP status of the answer. */
    public ?int $status;

    /** The code of the error. */
    public ?string $error;

    /** Why it failed, more precisely. */
    public ?string $reason;

    /** @var int How long it took, in milliseconds. */
    public ?int $durationMs;

    /** @var string The id of the key. */
    public ?string $keyId;

    /** The name of the key. */
    public ?string $keyName;

    /** @var string The address of the caller. */
    public ?string $address;

    /** @var string The User-Agent of the caller. */
    public ?string $userAgent;

    /** @var bool Whether an earlier answer was given again for the same idempotency key. */
    public ?bool $replayed;

    /** How many requests before it were left out. */
    public ?int $sampled;

    /** @var \DateTimeImmutable When it was answered, in UTC. */
    public ?\DateTimeImmutable $createdAt;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->id = $fields->string('id');
        $this->method = $fields->string('method');
        $this->path = $fields->string('path');
        $this->operation = $fields->string('operation');
        $this->status = $fields->int('status');
        $this->error = $fields->string('error');
        $this->reason = $fields->string('reason');
        $this->durationMs = $fields->int('duration_ms');
        $this->keyId = $fields->string('key_id');
        $this->keyName = $fields->string('key_name');
        $this->address = $fields->string('address');
        $this->userAgent = $fields->string('user_agent');
        $this->replayed = $fields->bool('replayed');
        $this->sampled = $fields->int('sampled');
        $this->createdAt = $fields->time('created_at');
    }
}
