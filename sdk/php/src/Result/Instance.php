<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** The installation of the server. */
final readonly class Instance extends Result
{
    /** @var string The version of the node that answered. */
    public ?string $version;

    /** @var string sqlite or postgres. */
    public ?string $database;

    /** @var \DateTimeImmutable When the node that answered was started, in UTC. */
    public ?\DateTimeImmutable $startedAt;

    /** @var list<Node> All nodes. */
    public array $nodes;

    /** @var int The messages that wait. */
    public ?int $queued;

    /** What is free on the disk, in bytes. */
    public ?int $diskFreeBytes;

    /** @var int The number of accounts. */
    public ?int $accounts;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->version = $fields->string('version');
        $this->database = $fields->string('database');
        $this->startedAt = $fields->time('started_at');
        $this->nodes = $fields->many('nodes', Node::class);
        $this->queued = $fields->int('queued');
        $this->diskFreeBytes = $fields->int('disk_free_bytes');
        $this->accounts = $fields->int('accounts');
    }
}
