<?php

declare(strict_types=1);

namespace SysSecure\Internal;

use SysSecure\Exception\ConfigurationException;
use SysSecure\RequestOptions;

/**
 * One call of an operation, before it is written as an HTTP request.
 *
 * @internal
 */
final readonly class Call
{
    use Describes;

    public RequestOptions $options;
    public ?string $idempotencyKey;

    /**
     * @param string $path relative to /v2, with the names of its parameters in braces: /otp/{otp_id}
     * @param array<string, string> $in the parameters of the path
     * @param array<string, mixed> $query parameters that are null are left out
     * @param object|null $body null for a request without a body
     * @param bool $raw whether the path is the caller's, so that it can hold a phone number
     */
    public function __construct(
        public string $method,
        #[\SensitiveParameter] public string $path,
        #[\SensitiveParameter] public array $in = [],
        #[\SensitiveParameter] public array $query = [],
        #[\SensitiveParameter] public ?object $body = null,
        ?RequestOptions $options = null,
        #[\SensitiveParameter] ?string $idempotencyKey = null,
        private bool $raw = false,
    ) {
        $this->options = $options ?? new RequestOptions();
        $this->idempotencyKey = $idempotencyKey === null
            ? $this->options->idempotencyKey
            : Check::idempotencyKey($idempotencyKey);
    }

    /**
     * The same call with other values in the query.
     *
     * @param array<string, mixed> $query
     */
    public function withQuery(#[\SensitiveParameter] array $query): self
    {
        $query += $this->query;

        return new self($this->method, $this->path, $this->in, $query, $this->body, $this->options);
    }

    /** The path and query of the URL, relative to /v2. */
    public function target(): string
    {
        $parameters = [];

        foreach ($this->in as $name => $value) {
            if (in_array($value, ['', '.', '..'], true)) {
                throw new ConfigurationException("$name must not be empty, \".\" or \"..\".");
            }
            $parameters['{' . $name . '}'] = rawurlencode($value);
        }

        return strtr($this->path, $parameters) . Encode::query($this->query);
    }

    /** The path for logs: never with the value of a parameter. */
    public function logPath(): string
    {
        return '/v2' . ($this->raw ? preg_replace('~[^/]*\d[^/]*~', '{…}', $this->path) : $this->path);
    }

    /** @return array<string, mixed> */
    private function describe(): array
    {
        return ['method' => $this->method, 'path' => $this->logPath()];
    }
}
