<?php

declare(strict_types=1);

namespace SysSecure\Transport;

/** What a transport throws when there is no whole answer. The client turns it into an APIConnectionException. */
final class TransportException extends \RuntimeException
{
    /**
     * @param string $message what happened, without anything secret
     * @param int $code the transport's own number for it, or 0
     */
    public function __construct(
        public readonly Failure $failure,
        string $message,
        int $code = 0,
        ?\Throwable $previous = null,
    ) {
        parent::__construct($message, $code, $previous);
    }
}
