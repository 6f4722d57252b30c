<?php

declare(strict_types=1);

namespace SysSecure\Transport;

use SysSecure\Internal\Describes;

/** One attempt of a call, as a transport sends it. Its text form shows only what is never secret. */
final readonly class Request
{
    use Describes;

    /**
     * @param string $method GET, POST, PUT, PATCH or DELETE
     * @param string $url the whole URL, with its query
     * @param array<string, string> $headers by name
     * @param string|null $body null for a request without a body
     * @param float $timeout how many seconds the attempt may take
     * @param float $connectTimeout how many seconds the connection may take to open
     */
    public function __construct(
        public string $method,
        #[\SensitiveParameter] public string $url,
        #[\SensitiveParameter] public array $headers = [],
        #[\SensitiveParameter] public ?string $body = null,
        public float $timeout = 30.0,
        public float $connectTimeout = 5.0,
    ) {
    }

    /**
     * The same request with one more header.
     *
     * @internal
     */
    public function with(string $header, string $value): self
    {
        $headers = [$header => $value] + $this->headers;

        return new self($this->method, $this->url, $headers, $this->body, $this->timeout, $this->connectTimeout);
    }

    /** @return array<string, mixed> */
    private function describe(): array
    {
        return ['method' => $this->method, 'timeout' => $this->timeout, 'connectTimeout' => $this->connectTimeout];
    }
}
