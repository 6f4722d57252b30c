<?php

declare(strict_types=1);

namespace SysSecure\Internal;

use SysSecure\Exception\ConfigurationException;

/**
 * Writes to the caller's logger. No line holds more of a request than its method and the template of its path.
 *
 * @internal
 */
final readonly class Log
{
    private ?\Closure $write;

    /** @param object|callable|null $logger an object with debug($message, $context), as of PSR-3, or a callable */
    public function __construct(mixed $logger)
    {
        $this->write = match (true) {
            $logger === null => null,
            is_object($logger) && method_exists($logger, 'debug') => $logger->debug(...),
            is_callable($logger) => static function (string $message) use ($logger): void {
                $logger($message);
            },
            default => throw new ConfigurationException(
                'logger must be a PSR-3 logger, another object with debug($message, $context), or a callable.',
            ),
        };
    }

    /**
     * One attempt of a call.
     *
     * @param string $outcome the status, or the name of the error's class
     */
    public function attempt(Call $call, string $outcome, int $milliseconds, int $attempt, ?string $requestId): void
    {
        if ($this->write === null) {
            return;
        }
        $request = $call->method . ' ' . $call->logPath();
        $id = $requestId === null ? '' : ", request_id $requestId";
        $this->put("$request: $outcome in $milliseconds ms, attempt $attempt$id", [
            'method' => $call->method,
            'path' => $call->logPath(),
            'outcome' => $outcome,
            'milliseconds' => $milliseconds,
            'attempt' => $attempt,
            'request_id' => $requestId,
        ]);
    }

    /** The wait before a retry. */
    public function retry(Call $call, float $wait, string $reason): void
    {
        if ($this->write === null) {
            return;
        }
        $milliseconds = (int) round($wait * 1000);
        $path = $call->logPath();
        $this->put("$call->method $path: waiting $milliseconds ms before the next attempt, because of $reason", [
            'method' => $call->method,
            'path' => $path,
            'milliseconds' => $milliseconds,
            'reason' => $reason,
        ]);
    }

    /** @param array<string, mixed> $context */
    private function put(string $line, array $context): void
    {
        try {
            ($this->write)($line, $context);
        } catch (\Throwable) {
            // What was sent was sent: a line that is lost must not make the caller send it again.
        }
    }
}
