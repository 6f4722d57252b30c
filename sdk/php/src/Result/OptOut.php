<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A number that opted out. */
final readonly class OptOut extends Result
{
    /** @var string The phone number, in E.164 format. */
    public ?string $number;

    /**
     * keyword: its user replied with a word such as STOP. api: it was added by this API. carrier: its carrier reported
     * it.
     *
     * @var string
     */
    public ?string $source;

    /** @var \DateTimeImmutable When it was created, in UTC. */
    public ?\DateTimeImmutable $createdAt;

    /** The word of the reply, when the source is keyword. */
    public ?string $keyword;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->number = $fields->string('number');
        $this->source = $fields->string('source');
        $this->createdAt = $fields->time('created_at');
        $this->keyword = $fields->string('keyword');
    }
}
