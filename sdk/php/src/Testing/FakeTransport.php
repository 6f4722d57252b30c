<?php

declare(strict_types=1);

namespace SysSecure\Testing;

use SysSecure\Internal\Json;
use SysSecure\Transport\Failure;
use SysSecure\Transport\Request;
use SysSecure\Transport\Response;
use SysSecure\Transport\Transport;
use SysSecure\Transport\TransportException;

/**
 * A transport for tests: it records the requests, and gives the answers that it was told, in their order.
 *
 *     $transport = (new FakeTransport())->answer(['otp_id' => 'otp_1', 'status' => 'sent']);
 *     $client = new SysSecure\Client(apiKey: 'sk_test_key', transport: $transport);
 */
final class FakeTransport implements Transport
{
    /** @var list<SentRequest> The requests so far, each attempt of a call. */
    public array $requests = [];

    /** Whether the client was closed. */
    public bool $closed = false;

    /** @var list<Response|TransportException> */
    private array $answers = [];

    /**
     * Adds an answer.
     *
     * @param array<string, mixed>|string $body fields of a JSON object, or the body itself
     * @param int $status the HTTP status
     * @param array<string, string> $headers by name
     *
     * @return $this
     */
    public function answer(array|string $body, int $status = 200, array $headers = []): self
    {
        $text = is_array($body) ? Json::encode((object) $body) : $body;
        $this->answers[] = new Response($status, array_change_key_case($headers), $text);

        return $this;
    }

    /**
     * Adds a failure to get an answer.
     *
     * @return $this
     */
    public function fail(Failure $failure, string $message = 'as the test wants it'): self
    {
        $this->answers[] = new TransportException($failure, $message);

        return $this;
    }

    public function send(#[\SensitiveParameter] Request $request): Response
    {
        $this->requests[] = new SentRequest($request);
        $answer = array_shift($this->answers) ?? throw new \LogicException(
            "FakeTransport has no answer left for $request->method {$this->lastPath()}: add one with answer().",
        );

        return $answer instanceof Response ? $answer : throw $answer;
    }

    public function close(): void
    {
        $this->closed = true;
    }

    private function lastPath(): string
    {
        return $this->requests[array_key_last($this->requests)]->path;
    }
}
