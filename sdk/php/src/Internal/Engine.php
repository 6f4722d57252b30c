<?php

declare(strict_types=1);

namespace SysSecure\Internal;

use SysSecure\Clock;
use SysSecure\Exception\APIConnectionException;
use SysSecure\Exception\APIStatusException;
use SysSecure\Exception\APITimeoutException;
use SysSecure\Exception\ConfigurationException;
use SysSecure\Exception\SysSecureException;
use SysSecure\Page;
use SysSecure\Result\Result;
use SysSecure\Transport\Failure;
use SysSecure\Transport\Request;
use SysSecure\Transport\Response;
use SysSecure\Transport\Transport;
use SysSecure\Transport\TransportException;

/**
 * Carries out calls: writes the request, sends it, tries again, and reads the answer.
 *
 * @internal
 */
final class Engine
{
    private const HINT = ' Self-hosted? Set base_url or SYSSECURE_BASE_URL to the address of your server.';

    private bool $closed = false;

    public function __construct(
        private readonly Config $config,
        private readonly Transport $transport,
        private readonly Clock $clock,
        private readonly Log $log,
        private readonly Redactor $redactor,
    ) {
    }

    /**
     * The result of a call.
     *
     * @template T of Result
     * @param class-string<T> $class
     * @return T
     *
     * @throws SysSecureException
     */
    public function result(string $class, #[\SensitiveParameter] Call $call): Result
    {
        return $this->answer($call)->read(static fn (Fields $fields): Result => new $class($fields));
    }

    /**
     * A page of a list.
     *
     * @template T of Result
     * @param class-string<T> $class of the rows
     * @param string $cursor the parameter that gets the next_cursor of the page: cursor or after
     * @return Page<T>
     *
     * @throws SysSecureException
     */
    public function page(string $class, #[\SensitiveParameter] Call $call, string $cursor = 'cursor'): Page
    {
        $answer = $this->answer($call);
        $next = fn (string $value): Page => $this->page($class, $call->withQuery([$cursor => $value]), $cursor);
        $repeated = static fn (): SysSecureException => $answer->unexpected(
            'The answer has a next_cursor that was there before, so the list would never end.',
        );

        return $answer->read(static fn (Fields $fields): Page => new Page(
            $fields,
            $class,
            new Cursor($cursor === 'after', $call->query[$cursor] ?? null, $next, $repeated),
        ));
    }

    /**
     * The answer of a call, after as many attempts as it takes.
     *
     * @throws SysSecureException
     */
    public function answer(#[\SensitiveParameter] Call $call): Answer
    {
        if ($this->closed) {
            throw new ConfigurationException('The client is closed: make a new one.');
        }
        $request = $this->request($call);
        $retries = $call->options->maxRetries ?? $this->config->maxRetries;

        for ($retry = 0;; $retry++) {
            try {
                return Answer::of($this->attempt($call, $request, $retry));
            } catch (APIConnectionException | APIStatusException $e) {
                $wait = $retry < $retries ? $this->wait($e, $retry + 1) : null;

                if ($wait === null) {
                    throw $e;
                }
                $this->log->retry($call, $wait, self::outcome($e));
                $this->clock->sleep($wait);
            }
        }
    }

    /** Closes the connections; every further call fails. */
    public function close(): void
    {
        if (!$this->closed) {
            $this->closed = true;
            $this->transport->close();
        }
    }

    private function request(#[\SensitiveParameter] Call $call): Request
    {
        $headers = ['Authorization' => 'Bearer ' . $this->config->key->getValue()] + $this->config->headers();
        $key = $call->idempotencyKey ?? ($call->method === 'POST' ? 'ss-' . Uuid::random() : null);

        if ($key !== null) {
            $headers = Config::merge($headers, ['Idempotency-Key' => $key]);
        }
        if ($call->body !== null) {
            $headers = Config::merge(['Content-Type' => 'application/json'], $headers);
        }

        return new Request(
            $call->method,
            $this->config->baseUrl . $call->target(),
            Config::merge($headers, $call->options->headers()),
            $call->body === null ? null : Json::encode($call->body),
            $call->options->timeout ?? $this->config->timeout,
            $this->config->connectTimeout,
        );
    }

    private function attempt(
        #[\SensitiveParameter] Call $call,
        #[\SensitiveParameter] Request $request,
        int $retry,
    ): Response {
        $began = hrtime(true);
        $requestId = null;

        try {
            $response = $this->transport->send(
                $retry === 0 ? $request : $request->with('X-SysSecure-Retry-Count', (string) $retry),
            );
            $requestId = $this->redactor->all($response->headers['x-request-id'] ?? null);
            $outcome = (string) $response->status;

            return $response->status >= 200 && $response->status < 300 ? $response : throw $this->problem($response);
        } catch (TransportException $cause) {
            $e = $this->noAnswer($cause);
            $outcome = self::outcome($e);

            throw $e;
        } finally {
            $milliseconds = intdiv(hrtime(true) - $began, 1_000_000);
            $this->log->attempt($call, $outcome ?? 'failed', $milliseconds, $retry + 1, $requestId);
        }
    }

    private function problem(#[\SensitiveParameter] Response $response): APIStatusException
    {
        $hint = $response->status === 401 && $this->config->hasDefaultBaseUrl() ? self::HINT : '';

        return Problem::exception($response, $this->redactor, $this->clock->now(), $hint);
    }

    private function noAnswer(#[\SensitiveParameter] TransportException $cause): APIConnectionException
    {
        $cause = $this->redactor->cause($cause);
        $hint = $this->config->hasDefaultBaseUrl() ? self::HINT : '';
        $reason = $cause->getMessage();

        return $cause->failure === Failure::Timeout
            ? new APITimeoutException("The request timed out: $reason.$hint", 0, $cause)
            : new APIConnectionException("There is no answer from the server: $reason.$hint", 0, $cause);
    }

    /** The seconds to wait before a retry, or null when the error is final. */
    private function wait(APIConnectionException|APIStatusException $e, int $retry): ?float
    {
        $after = $e instanceof APIStatusException ? $e->retryAfter : null;

        if (!Retry::allowed($e) || ($after !== null && $after > $this->config->maxRetryAfter)) {
            return null;
        }

        return Retry::wait($retry, $this->clock->random(), $after);
    }

    private static function outcome(APIConnectionException|APIStatusException $e): string
    {
        return $e instanceof APIStatusException ? (string) $e->status : substr((string) strrchr($e::class, '\\'), 1);
    }
}
