<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** The result of a call, or a row of a list. */
abstract readonly class Result extends Value
{
    /** The id of the request that it came with. Quote it when you ask for help. */
    public ?string $requestId;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->requestId = $fields->requestId;
    }
}
