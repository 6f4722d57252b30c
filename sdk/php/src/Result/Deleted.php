<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** What was deleted. */
final readonly class Deleted extends Result
{
    /** @var string The id of what was deleted. */
    public ?string $id;

    /** @var bool Always true. */
    public ?bool $deleted;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->id = $fields->string('id');
        $this->deleted = $fields->bool('deleted');
    }
}
