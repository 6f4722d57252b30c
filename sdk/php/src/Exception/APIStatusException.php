<?php

declare(strict_types=1);

namespace SysSecure\Exception;

use SysSecure\Internal\Problem;

/**
 * The server refused a request or failed. The class below it says which status it was; other statuses are this class.
 *
 * getMessage() is a line for logs, such as "429 rate_limit_exceeded: <message> (request_id: req_…)"; getCode() is the
 * status.
 */
class APIStatusException extends SysSecureException
{
    /** The HTTP status. */
    public readonly int $status;

    /** The kind of error for programs, such as "rate_limit_exceeded"; empty when the answer is not the API's. */
    public readonly string $errorCode;

    /** What is wrong, for people, in the server's words. */
    public readonly string $errorMessage;

    /** The id of the request. Quote it when you ask for help. */
    public readonly ?string $requestId;

    /** @var array<string, mixed> Details for programs; empty when there are none. */
    public readonly array $details;

    /** @var list<FieldError> Everything that is wrong with the request, field by field. */
    public readonly array $errors;

    /** The id of the pending OTP that the request would have sent again: use it to verify. */
    public readonly ?string $otpId;

    /** The limit that was reached, such as "5/10m". */
    public readonly ?string $limit;

    /** The page that describes the error. */
    public readonly ?string $docUrl;

    /** After how many seconds the same request can succeed. */
    public readonly ?int $retryAfter;

    /** @var array<string, string> The answer's headers, by name in lower case. */
    public readonly array $headers;

    /** @internal The client makes it. */
    final public function __construct(#[\SensitiveParameter] Problem $problem)
    {
        parent::__construct($problem->text(), $problem->status);
        $this->status = $problem->status;
        $this->errorCode = $problem->code;
        $this->errorMessage = $problem->message;
        $this->requestId = $problem->requestId;
        $this->details = $problem->details;
        $this->errors = $problem->errors();
        $this->otpId = $problem->detail('otp_id');
        $this->limit = $problem->detail('limit');
        $this->docUrl = $problem->detail('doc_url');
        $this->retryAfter = $problem->retryAfter;
        $this->headers = $problem->headers;
    }
}
