<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A template of messages with codes. */
final readonly class Template extends Result
{
    /** @var string The template's id, for the field template of a send. */
    public ?string $id;

    /** @var string Your name for the template. */
    public ?string $name;

    /**
     * The text in each language, by BCP 47 tag. A send uses the language nearest to its locale, or else to the
     * account's, or else en, or else any.
     *
     * @var array<string, string>
     */
    public array $translations;

    /** @var \DateTimeImmutable When it was created, in UTC. */
    public ?\DateTimeImmutable $createdAt;

    /** Variants for channels that need another text. */
    public ?TemplateChannels $channels;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->id = $fields->string('id');
        $this->name = $fields->string('name');
        $this->translations = $fields->stringMap('translations');
        $this->createdAt = $fields->time('created_at');
        $this->channels = $fields->one('channels', TemplateChannels::class);
    }
}
