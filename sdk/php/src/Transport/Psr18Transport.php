<?php

declare(strict_types=1);

namespace SysSecure\Transport;

use Psr\Http\Client\ClientExceptionInterface;
use Psr\Http\Client\ClientInterface;
use Psr\Http\Message\RequestFactoryInterface;
use Psr\Http\Message\StreamFactoryInterface;
use Psr\Http\Message\StreamInterface;

/**
 * Sends the requests through a PSR-18 client, such as Guzzle or Symfony's. Its own settings decide on timeouts, proxies
 * and certificates. Switch its redirects off: they would carry the key to other servers.
 */
final class Psr18Transport implements Transport
{
    private const CHUNK = 65_536;

    public function __construct(
        private readonly ClientInterface $client,
        private readonly RequestFactoryInterface $requests,
        private readonly StreamFactoryInterface $streams,
    ) {
    }

    public function send(#[\SensitiveParameter] Request $request): Response
    {
        $message = $this->requests->createRequest($request->method, $request->url);

        foreach ($request->headers as $name => $value) {
            $message = $message->withHeader($name, $value);
        }
        if ($request->body !== null) {
            $message = $message->withBody($this->streams->createStream($request->body));
        }

        try {
            $answer = $this->client->sendRequest($message);
            $headers = array_map(static fn (array $values): string => implode(', ', $values), $answer->getHeaders());
            $body = self::read($answer->getBody());

            return new Response($answer->getStatusCode(), array_change_key_case($headers), $body);
        } catch (ClientExceptionInterface | \RuntimeException $e) {
            throw new TransportException(Failure::Connection, $e->getMessage(), previous: $e);
        }
    }

    /** The connections are the PSR-18 client's own. */
    public function close(): void
    {
    }

    /** @return array<string, mixed> Nothing: what the client holds is not known. */
    public function __debugInfo(): array
    {
        return [];
    }

    private static function read(StreamInterface $stream): ?string
    {
        $body = '';

        while (!$stream->eof()) {
            $chunk = $stream->read(self::CHUNK);
            $body .= $chunk;

            if (strlen($body) > Response::MAX_BYTES) {
                return null;
            }
            if ($chunk === '') {
                break;
            }
        }

        return $body;
    }
}
