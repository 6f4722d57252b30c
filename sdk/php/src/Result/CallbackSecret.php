<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** The secret that signs events to callback URLs. */
final readonly class CallbackSecret extends Result
{
    /** @var string The secret that signs events to callback URLs from now on. It is not shown again. */
    public ?string $secret;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->secret = $fields->string('secret');
    }
}
