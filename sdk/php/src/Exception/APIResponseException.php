<?php

declare(strict_types=1);

namespace SysSecure\Exception;

/** The server reported success, but its answer is not what the API promises. It is not retried. */
final class APIResponseException extends SysSecureException
{
    /**
     * @param int $status the HTTP status; getCode() returns it, too
     * @param string|null $requestId the answer's id, to quote when you ask for help
     */
    public function __construct(
        string $message,
        public readonly int $status,
        public readonly ?string $requestId = null,
    ) {
        parent::__construct($message, $status);
    }
}
