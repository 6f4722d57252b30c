<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A carrier that a plan leaves out. */
final readonly class RouteLeftOut extends Value
{
    /** @var string The channel. */
    public ?string $channel;

    /** @var string The carrier's name. */
    public ?string $carrier;

    /** @var string Why it is left out. */
    public ?string $why;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->channel = $fields->string('channel');
        $this->carrier = $fields->string('carrier');
        $this->why = $fields->string('why');
    }
}
