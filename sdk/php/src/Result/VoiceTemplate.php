<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** The text that a call reads out. */
final readonly class VoiceTemplate extends Value
{
    /**
     * The text in each language, by BCP 47 tag. A send uses the language nearest to its locale, or else to the
     * account's, or else en, or else any.
     *
     * @var array<string, string>
     */
    public array $translations;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->translations = $fields->stringMap('translations');
    }
}
