<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/**
 * The approved WhatsApp template that is sent instead of the text. It gets the variables of the text in their order.
 */
final readonly class WhatsAppTemplate extends Value
{
    /** @var string The name of the template at WhatsApp. */
    public ?string $name;

    /** @var string The approved language, by WhatsApp's code. */
    public ?string $language;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->name = $fields->string('name');
        $this->language = $fields->string('language');
    }
}
