<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** The message on Telegram or in a call. */
final readonly class TextPreview extends Value
{
    /** @var string The text on this channel. */
    public ?string $text;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->text = $fields->string('text');
    }
}
