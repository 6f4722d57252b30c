<?php

declare(strict_types=1);

namespace SysSecure\Exception;

/** A webhook is not genuine, too old, or not an event. Answer the request with status 400. */
final class WebhookSignatureException extends SysSecureException
{
    /** The request has no signature header. */
    public const MISSING_HEADER = 'missing_header';

    /** The header has not exactly one time. */
    public const MALFORMED_HEADER = 'malformed_header';

    /** The header has no signature of a kind that the SDK knows. */
    public const NO_SIGNATURE = 'no_signature';

    /** No signature matches the body and a secret. */
    public const NO_MATCH = 'no_match';

    /** The signature is right, but its time is too far from now. */
    public const TIMESTAMP_OUT_OF_RANGE = 'timestamp_out_of_range';

    /** The signature is right, but the body is not an event. */
    public const INVALID_PAYLOAD = 'invalid_payload';

    /** @param string $reason one of the constants */
    public function __construct(string $message, public readonly string $reason)
    {
        parent::__construct($message);
    }
}
