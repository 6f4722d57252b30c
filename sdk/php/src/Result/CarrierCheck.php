<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** One step of a carrier's test. */
final readonly class CarrierCheck extends Value
{
    /** @var string What was tested. */
    public ?string $name;

    /** @var bool Whether it works. */
    public ?bool $ok;

    /** What was seen. */
    public ?string $note;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->name = $fields->string('name');
        $this->ok = $fields->bool('ok');
        $this->note = $fields->string('note');
    }
}
