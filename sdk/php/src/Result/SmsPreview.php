<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** The message as an SMS. */
final readonly class SmsPreview extends Value
{
    /** @var string The text that the phone shows. */
    public ?string $text;

    /** @var string gsm7: up to 160 characters in one SMS. ucs2: up to 70. */
    public ?string $encoding;

    /** @var int The number of SMS segments, by which the message is charged. */
    public ?int $segments;

    /** @var list<Replacement> The characters that smart encoding replaced. */
    public array $replaced;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->text = $fields->string('text');
        $this->encoding = $fields->string('encoding');
        $this->segments = $fields->int('segments');
        $this->replaced = $fields->many('replaced', Replacement::class);
    }
}
