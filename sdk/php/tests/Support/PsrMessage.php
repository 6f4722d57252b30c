<?php

declare(strict_types=1);

namespace SysSecure\Tests\Support;

use Psr\Http\Client\ClientInterface;
use Psr\Http\Message\RequestFactoryInterface;
use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\StreamFactoryInterface;
use Psr\Http\Message\StreamInterface;

/** A small PSR-18 client with its messages and factories: all in one, because a test needs one of each. */
final class PsrMessage implements ClientInterface, RequestFactoryInterface, StreamFactoryInterface, RequestInterface,
    ResponseInterface, StreamInterface
{
    /** @var array<string, list<string>> */
    public array $headers = [];

    public ?RequestInterface $sent = null;

    public function __construct(
        public string $method = '',
        public string $uri = '',
        public int $status = 200,
        public string $body = '',
        public ResponseInterface|\Throwable|null $answer = null,
    ) {
    }

    public function sendRequest(RequestInterface $request): ResponseInterface
    {
        $this->sent = $request;

        return $this->answer instanceof ResponseInterface ? $this->answer : throw $this->answer;
    }

    public function createRequest(string $method, $uri): RequestInterface
    {
        return new self($method, $uri);
    }

    public function createStream(string $content = ''): StreamInterface
    {
        return new self(body: $content);
    }

    public function withHeader(string $name, $value): self
    {
        $copy = clone $this;
        $copy->headers[$name] = (array) $value;

        return $copy;
    }

    public function withBody(StreamInterface $body): self
    {
        $copy = clone $this;
        $copy->body = $body->read(PHP_INT_MAX);

        return $copy;
    }

    public function getMethod(): string
    {
        return $this->method;
    }

    public function getUri(): string
    {
        return $this->uri;
    }

    public function getHeaders(): array
    {
        return $this->headers;
    }

    public function getStatusCode(): int
    {
        return $this->status;
    }

    public function getBody(): StreamInterface
    {
        return $this;
    }

    public function eof(): bool
    {
        return $this->body === '';
    }

    public function read(int $length): string
    {
        $read = substr($this->body, 0, $length);
        $this->body = substr($this->body, strlen($read));

        return $read;
    }
}
