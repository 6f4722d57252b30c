<?php

declare(strict_types=1);

// What the adapter uses of PSR-7, PSR-17 and PSR-18, for machines without their packages.

namespace Psr\Http\Message {
    interface StreamInterface
    {
        public function eof();

        public function read(int $length);
    }

    interface MessageInterface
    {
        public function getHeaders();

        public function withHeader(string $name, $value);

        public function withBody(StreamInterface $body);

        public function getBody();
    }

    interface RequestInterface extends MessageInterface
    {
        public function getMethod();

        public function getUri();
    }

    interface ResponseInterface extends MessageInterface
    {
        public function getStatusCode();
    }

    interface RequestFactoryInterface
    {
        public function createRequest(string $method, $uri): RequestInterface;
    }

    interface StreamFactoryInterface
    {
        public function createStream(string $content = ''): StreamInterface;
    }
}

namespace Psr\Http\Client {
    use Psr\Http\Message\RequestInterface;
    use Psr\Http\Message\ResponseInterface;

    interface ClientExceptionInterface extends \Throwable
    {
    }

    interface ClientInterface
    {
        public function sendRequest(RequestInterface $request): ResponseInterface;
    }
}
