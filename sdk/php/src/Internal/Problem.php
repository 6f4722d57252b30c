<?php

declare(strict_types=1);

namespace SysSecure\Internal;

use SysSecure\Exception;
use SysSecure\Exception\APIStatusException;
use SysSecure\Exception\FieldError;
use SysSecure\Transport\Response;

/**
 * What an answer that is no success says, without secrets.
 *
 * @internal
 */
final readonly class Problem
{
    private const NO_MESSAGE = "the server's answer has no error message";

    /**
     * @param array<string, mixed> $details
     * @param array<string, string> $headers
     */
    private function __construct(
        public int $status,
        public string $code,
        public string $message,
        public ?string $requestId,
        public array $details,
        public ?int $retryAfter,
        public array $headers,
        private string $hint,
    ) {
    }

    /**
     * The error of an answer.
     *
     * @param string $hint a sentence to end the text with, or nothing
     * @param float $now the time, for a Retry-After that is a date
     */
    public static function exception(
        #[\SensitiveParameter] Response $response,
        Redactor $redactor,
        float $now,
        string $hint,
    ): APIStatusException {
        $body = Json::decodeObject($response->body ?? '') ?? [];
        $body = $redactor->all(is_string($body['code'] ?? null) ? $body : []);
        $headers = $redactor->all($response->headers);
        $message = $body['message'] ?? null;
        $details = $body['details'] ?? null;
        $id = $body['request_id'] ?? null;
        $class = self::class($response->status);

        return new $class(new self(
            $response->status,
            $body['code'] ?? '',
            is_string($message) && $message !== '' ? $message : self::NO_MESSAGE,
            is_string($id) ? $id : $headers['x-request-id'] ?? null,
            is_array($details) ? $details : [],
            Retry::after($response->headers['retry-after'] ?? null, $now),
            $headers,
            $hint,
        ));
    }

    /** The line that getMessage() returns. */
    public function text(): string
    {
        $code = $this->code === '' ? '' : " $this->code";
        $id = $this->requestId === null ? '' : " (request_id: $this->requestId)";

        return "$this->status$code: $this->message$id$this->hint";
    }

    /** @return list<FieldError> */
    public function errors(): array
    {
        $errors = [];
        $rows = $this->details['errors'] ?? null;

        foreach (is_array($rows) ? $rows : [] as $row) {
            if (is_array($row) && is_string($row['message'] ?? null)) {
                $errors[] = new FieldError(is_string($row['field'] ?? null) ? $row['field'] : null, $row['message']);
            }
        }

        return $errors;
    }

    public function detail(string $name): ?string
    {
        $value = $this->details[$name] ?? null;

        return is_string($value) ? $value : null;
    }

    /** @return class-string<APIStatusException> */
    private static function class(int $status): string
    {
        return match (true) {
            $status === 400 => Exception\BadRequestException::class,
            $status === 401 => Exception\AuthenticationException::class,
            $status === 402 => Exception\InsufficientCreditsException::class,
            $status === 404 => Exception\NotFoundException::class,
            $status === 422 => Exception\InvalidPhoneException::class,
            $status === 429 => Exception\RateLimitException::class,
            $status >= 500 => Exception\InternalServerException::class,
            default => APIStatusException::class,
        };
    }
}
