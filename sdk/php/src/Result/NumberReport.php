<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** What happened with a number in the last 24 hours. */
final readonly class NumberReport extends Result
{
    /** @var string The number. */
    public ?string $number;

    /** @var string The ISO 3166-1 code of its country. */
    public ?string $country;

    /** @var string test or live. */
    public ?string $mode;

    /** @var \DateTimeImmutable Where the report begins, in UTC. */
    public ?\DateTimeImmutable $since;

    /** @var string All of it in one sentence. */
    public ?string $summary;

    /** @var string Such as no_request, refused, failed, waiting, delivered, verified or expired. */
    public ?string $verdict;

    /** @var list<NumberFinding> What happened, oldest first. */
    public array $findings;

    /** @var list<string> What to do. */
    public array $advice;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->number = $fields->string('number');
        $this->country = $fields->string('country');
        $this->mode = $fields->string('mode');
        $this->since = $fields->time('since');
        $this->summary = $fields->string('summary');
        $this->verdict = $fields->string('verdict');
        $this->findings = $fields->many('findings', NumberFinding::class);
        $this->advice = $fields->strings('advice');
    }
}
