<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** The message on each channel. */
final readonly class PreviewChannels extends Value
{
    /** @var WhatsAppPreview On WhatsApp. */
    public ?WhatsAppPreview $whatsapp;

    /** @var SmsPreview On SMS. */
    public ?SmsPreview $sms;

    /** @var TextPreview On Telegram. */
    public ?TextPreview $telegram;

    /** @var TextPreview In a call. */
    public ?TextPreview $voice;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->whatsapp = $fields->one('whatsapp', WhatsAppPreview::class);
        $this->sms = $fields->one('sms', SmsPreview::class);
        $this->telegram = $fields->one('telegram', TextPreview::class);
        $this->voice = $fields->one('voice', TextPreview::class);
    }
}
