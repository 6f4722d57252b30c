<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A field that was changed. */
final readonly class AuditChange extends Value
{
    /** @var string The name of the field. */
    public ?string $field;

    /** What it was. */
    public ?string $before;

    /** What it is now. */
    public ?string $after;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->field = $fields->string('field');
        $this->before = $fields->string('before');
        $this->after = $fields->string('after');
    }
}
