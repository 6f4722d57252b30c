<?php

declare(strict_types=1);

// What the handler of README.md uses of PSR-7, PSR-15 and PSR-17, and messages that fit.

namespace Psr\Http\Message {
    interface ResponseInterface
    {
        public function getStatusCode(): int;
    }

    interface ServerRequestInterface
    {
        public function getHeaderLine(string $name): string;

        public function getBody(): \Stringable;
    }

    interface ResponseFactoryInterface
    {
        public function createResponse(int $code = 200, string $reasonPhrase = ''): ResponseInterface;
    }
}

namespace Psr\Http\Server {
    use Psr\Http\Message\ResponseInterface;
    use Psr\Http\Message\ServerRequestInterface;

    interface RequestHandlerInterface
    {
        public function handle(ServerRequestInterface $request): ResponseInterface;
    }
}

namespace SysSecure\Tools {
    use Psr\Http\Message\ResponseFactoryInterface;
    use Psr\Http\Message\ResponseInterface;
    use Psr\Http\Message\ServerRequestInterface;

    final class PsrBody implements \Stringable
    {
        public function __construct(private readonly string $bytes)
        {
        }

        public function __toString(): string
        {
            return $this->bytes;
        }
    }

    final class PsrRequest implements ServerRequestInterface
    {
        public function __construct(private readonly string $body, private readonly ?string $signature)
        {
        }

        public function getHeaderLine(string $name): string
        {
            return strtolower($name) === 'x-syssecure-signature' ? (string) $this->signature : '';
        }

        public function getBody(): \Stringable
        {
            return new PsrBody($this->body);
        }
    }

    final class PsrResponse implements ResponseInterface, ResponseFactoryInterface
    {
        public function __construct(private readonly int $status = 200)
        {
        }

        public function getStatusCode(): int
        {
            return $this->status;
        }

        public function createResponse(int $code = 200, string $reasonPhrase = ''): ResponseInterface
        {
            return new self($code);
        }
    }
}
