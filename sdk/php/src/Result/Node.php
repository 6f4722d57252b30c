<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A node of the server. */
final readonly class Node extends Value
{
    /** @var string Identifies the node. */
    public ?string $id;

    /** @var string Its name. */
    public ?string $name;

    /** @var string Its state. */
    public ?string $state;

    /** @var string The version that it runs. */
    public ?string $version;

    /** @var \DateTimeImmutable When it was seen last, in UTC. */
    public ?\DateTimeImmutable $seenAt;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->id = $fields->string('id');
        $this->name = $fields->string('name');
        $this->state = $fields->string('state');
        $this->version = $fields->string('version');
        $this->seenAt = $fields->time('seen_at');
    }
}
