<?php

declare(strict_types=1);

namespace SysSecure;

use SysSecure\Exception\ConfigurationException;
use SysSecure\Internal\Check;
use SysSecure\Internal\Describes;

/** Options of one call. What is given here wins over the client's. */
final readonly class RequestOptions
{
    use Describes;

    /** How many seconds each attempt may take; null for the client's. */
    public ?float $timeout;

    /** Headers can hold secrets, which a trace must not show. */
    private \SensitiveParameterValue $headers;

    /**
     * @param string|null $idempotencyKey 1 to 255 printable ASCII characters, by which the server knows a repeat of the
     *     same request; every POST gets one of its own if you give none
     * @param int|float|null $timeout how many seconds each attempt may take
     * @param int|null $maxRetries how many further attempts may follow the first
     * @param array<string, string> $headers sent with this call; they cannot replace Authorization
     *
     * @throws ConfigurationException when an option is not valid
     */
    public function __construct(
        public ?string $idempotencyKey = null,
        int|float|null $timeout = null,
        public ?int $maxRetries = null,
        #[\SensitiveParameter] array $headers = [],
    ) {
        if ($idempotencyKey !== null) {
            Check::idempotencyKey($idempotencyKey);
        }
        if ($maxRetries !== null) {
            Check::retries($maxRetries);
        }
        $this->timeout = $timeout === null ? null : Check::timeout('timeout', $timeout);
        $this->headers = new \SensitiveParameterValue(Check::headers($headers));
    }

    /**
     * @internal
     *
     * @return array<string, string>
     */
    public function headers(): array
    {
        return $this->headers->getValue();
    }

    /** @return array<string, mixed> */
    private function describe(): array
    {
        return [
            'timeout' => $this->timeout,
            'maxRetries' => $this->maxRetries,
            'headers' => array_keys($this->headers()),
        ];
    }
}
