<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A change that somebody made to the account. */
final readonly class AuditEntry extends Result
{
    /** @var string Identifies the entry. */
    public ?string $id;

    /** @var string What was done, such as key.rotated. */
    public ?string $action;

    /** @var string The id of what it was done to. */
    public ?string $object;

    /** @var AuditActor Who did it. */
    public ?AuditActor $actor;

    /** test or live, when it was done in one of them. */
    public ?string $mode;

    /** @var list<AuditChange> The fields that were changed, without secrets. */
    public array $changes;

    /** The address from which it was done. */
    public ?string $address;

    /** The User-Agent with which it was done. */
    public ?string $userAgent;

    /** @var \DateTimeImmutable When it was done, in UTC. */
    public ?\DateTimeImmutable $createdAt;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->id = $fields->string('id');
        $this->action = $fields->string('action');
        $this->object = $fields->string('object');
        $this->actor = $fields->one('actor', AuditActor::class);
        $this->mode = $fields->string('mode');
        $this->changes = $fields->many('changes', AuditChange::class);
        $this->address = $fields->string('address');
        $this->userAgent = $fields->string('user_agent');
        $this->createdAt = $fields->time('created_at');
    }
}
