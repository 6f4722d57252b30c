<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** The message on WhatsApp. */
final readonly class WhatsAppPreview extends Value
{
    /** The language of the approved template, by WhatsApp's code. */
    public ?string $language;

    /** The approved WhatsApp template that is sent. */
    public ?string $name;

    /** The text, when the template names no approved WhatsApp template. */
    public ?string $text;

    /** @var list<PreviewVariable> The variables of the approved template, in order. */
    public array $variables;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->language = $fields->string('language');
        $this->name = $fields->string('name');
        $this->text = $fields->string('text');
        $this->variables = $fields->many('variables', PreviewVariable::class);
    }
}
