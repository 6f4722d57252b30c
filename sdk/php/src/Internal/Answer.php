<?php

declare(strict_types=1);

namespace SysSecure\Internal;

use SysSecure\Exception\APIResponseException;
use SysSecure\Transport\Response;

/**
 * A 2xx answer, decoded.
 *
 * @internal
 */
final readonly class Answer
{
    /** @param array<string, mixed> $body */
    private function __construct(
        #[\SensitiveParameter] public array $body,
        public int $status,
        public ?string $requestId,
    ) {
    }

    /** @throws APIResponseException when the body is not a JSON object */
    public static function of(#[\SensitiveParameter] Response $response): self
    {
        $requestId = $response->headers['x-request-id'] ?? null;
        $body = $response->body === null ? null : Json::decodeObject($response->body);

        if ($body === null) {
            throw new APIResponseException(match ($response->body) {
                null => 'The answer is larger than 10 MB, or its encoding is broken.',
                '' => 'The answer is empty instead of a JSON object.',
                default => 'The answer is not a JSON object. Does baseUrl name a SysSecure server?',
            }, $response->status, $requestId);
        }

        return new self($body, $response->status, $requestId);
    }

    /**
     * Makes a result of the body.
     *
     * @template T
     * @param \Closure(Fields): T $make
     * @return T
     *
     * @throws APIResponseException when a field has the wrong type
     */
    public function read(\Closure $make): mixed
    {
        try {
            return $make(new Fields($this->body, $this->requestId));
        } catch (FieldException $e) {
            throw $this->unexpected("The answer is not what the API promises: {$e->getMessage()}.");
        }
    }

    public function unexpected(string $message): APIResponseException
    {
        return new APIResponseException($message, $this->status, $this->requestId);
    }
}
