<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** The variants of a template for channels that need another text. */
final readonly class TemplateChannels extends Value
{
    /**
     * The text that a call reads out, instead of the template's text. With one translation, it is used in every
     * language.
     */
    public ?VoiceTemplate $voice;

    /** The approved WhatsApp template to send instead of the text. It gets the variables of the text in their order. */
    public ?WhatsAppTemplate $whatsapp;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->voice = $fields->one('voice', VoiceTemplate::class);
        $this->whatsapp = $fields->one('whatsapp', WhatsAppTemplate::class);
    }
}
