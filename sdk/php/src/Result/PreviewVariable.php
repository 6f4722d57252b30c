<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A variable of an approved WhatsApp template. */
final readonly class PreviewVariable extends Value
{
    /** @var string The name between the braces. */
    public ?string $name;

    /** @var string The value, as plain text. */
    public ?string $value;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->name = $fields->string('name');
        $this->value = $fields->string('value');
    }
}
