<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** Who made a change. */
final readonly class AuditActor extends Value
{
    /** @var string user, key, command_line or system. */
    public ?string $kind;

    /** The id of the user or key. */
    public ?string $id;

    /** The name of the user or key. */
    public ?string $name;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->kind = $fields->string('kind');
        $this->id = $fields->string('id');
        $this->name = $fields->string('name');
    }
}
