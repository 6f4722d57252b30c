<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A message as a template makes it. */
final readonly class Preview extends Result
{
    /** @var string The translation that was chosen. */
    public ?string $locale;

    /** @var string The text with its variables filled in. */
    public ?string $text;

    /** @var string The encoding of the text as an SMS. Values: gsm7, ucs2. */
    public ?string $encoding;

    /** @var int The number of segments of the text as an SMS. */
    public ?int $segments;

    /** @var list<Replacement> The characters that smart encoding replaced in the SMS. */
    public array $replaced;

    /** @var PreviewChannels The message on each channel. */
    public ?PreviewChannels $channels;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->locale = $fields->string('locale');
        $this->text = $fields->string('text');
        $this->encoding = $fields->string('encoding');
        $this->segments = $fields->int('segments');
        $this->replaced = $fields->many('replaced', Replacement::class);
        $this->channels = $fields->one('channels', PreviewChannels::class);
    }
}
