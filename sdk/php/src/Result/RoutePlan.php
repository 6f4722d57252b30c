<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** How a message to a number would be sent now. */
final readonly class RoutePlan extends Result
{
    /** @var string The number. */
    public ?string $to;

    /** The ISO 3166-1 code of its country. */
    public ?string $country;

    /** @var string What the number is for, such as mobile. */
    public ?string $type;

    /** @var string test or live. */
    public ?string $mode;

    /** What a send is refused for. */
    public ?string $problem;

    /** Whether it is a test number, to which nothing is sent. */
    public ?bool $testNumber;

    /** @var int What a send holds at first. */
    public ?int $credits;

    /** @var list<RouteStep> The steps, in the order in which they are tried. */
    public array $steps;

    /** @var list<RouteLeftOut> The carriers that are not tried. */
    public array $leftOut;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->to = $fields->string('to');
        $this->country = $fields->string('country');
        $this->type = $fields->string('type');
        $this->mode = $fields->string('mode');
        $this->problem = $fields->string('problem');
        $this->testNumber = $fields->bool('test_number');
        $this->credits = $fields->int('credits');
        $this->steps = $fields->many('steps', RouteStep::class);
        $this->leftOut = $fields->many('left_out', RouteLeftOut::class);
    }
}
