<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** An API key, without the key itself. */
final readonly class ApiKey extends Result
{
    /** @var string Identifies the key; it may be shown. */
    public ?string $id;

    /** Your name for it. */
    public ?string $name;

    /** @var string test or live. */
    public ?string $mode;

    /** @var string The first characters of the key. */
    public ?string $prefix;

    /** @var list<string> What it may do: send, verify, read, admin. */
    public array $scopes;

    /** @var string active, expiring, expired or revoked. */
    public ?string $status;

    /** Who made it: a user, a key or the command line. */
    public ?string $createdBy;

    /** @var \DateTimeImmutable When it was made, in UTC. */
    public ?\DateTimeImmutable $createdAt;

    /** When it was used last, in UTC. */
    public ?\DateTimeImmutable $lastUsedAt;

    /** The address that used it last. */
    public ?string $lastUsedFrom;

    /** When it ends, after a rotation, in UTC. */
    public ?\DateTimeImmutable $expiresAt;

    /** When it was revoked, in UTC. */
    public ?\DateTimeImmutable $revokedAt;

    /** The key itself; only the calls that create or rotate it return it. */
    public ?string $secret;

    /** The id of the key that this one takes the place of; only after a rotation. */
    public ?string $replaces;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->id = $fields->string('id');
        $this->name = $fields->string('name');
        $this->mode = $fields->string('mode');
        $this->prefix = $fields->string('prefix');
        $this->scopes = $fields->strings('scopes');
        $this->status = $fields->string('status');
        $this->createdBy = $fields->string('created_by');
        $this->createdAt = $fields->time('created_at');
        $this->lastUsedAt = $fields->time('last_used_at');
        $this->lastUsedFrom = $fields->string('last_used_from');
        $this->expiresAt = $fields->time('expires_at');
        $this->revokedAt = $fields->time('revoked_at');
        $this->secret = $fields->string('secret');
        $this->replaces = $fields->string('replaces');
    }
}
