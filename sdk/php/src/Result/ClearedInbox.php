<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** How many messages were removed from the inbox. */
final readonly class ClearedInbox extends Result
{
    /** @var int Their number. */
    public ?int $cleared;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->cleared = $fields->int('cleared');
    }
}
