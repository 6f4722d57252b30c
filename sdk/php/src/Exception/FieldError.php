<?php

declare(strict_types=1);

namespace SysSecure\Exception;

/** One thing that is wrong with a request. */
final readonly class FieldError
{
    /**
     * @param string|null $field the path of the field, such as fallback.after or channels[0]; null when the error is
     *     about the request as a whole
     * @param string $message what is wrong, and what to write
     */
    public function __construct(public ?string $field, public string $message)
    {
    }
}
