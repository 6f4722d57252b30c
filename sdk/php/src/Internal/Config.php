<?php

declare(strict_types=1);

namespace SysSecure\Internal;

use SysSecure\Client;

/**
 * The options of a client, checked.
 *
 * @internal
 */
final readonly class Config
{
    /** Headers can hold secrets, too. */
    private \SensitiveParameterValue $headers;

    /** @param array<string, string> $headers */
    public function __construct(
        public \SensitiveParameterValue $key,
        public string $baseUrl,
        public float $timeout,
        public float $connectTimeout,
        public int $maxRetries,
        public float $maxRetryAfter,
        #[\SensitiveParameter] array $headers,
        private ?string $userAgent,
    ) {
        $this->headers = new \SensitiveParameterValue($headers);
    }

    /** Whether the client uses the address that nobody chose. */
    public function hasDefaultBaseUrl(): bool
    {
        return $this->baseUrl === BaseUrl::DEFAULT . '/v2';
    }

    /** @return array<string, string> the headers of every request; those of the caller replace the SDK's */
    public function headers(): array
    {
        return self::merge([
            'Accept' => 'application/json',
            'User-Agent' => $this->userAgent(),
        ], $this->headers->getValue());
    }

    /**
     * Adds headers; one that is there already, in whatever case, is replaced.
     *
     * @param array<string, string> $headers
     * @param array<string, string> $more
     * @return array<string, string>
     */
    public static function merge(#[\SensitiveParameter] array $headers, #[\SensitiveParameter] array $more): array
    {
        $replaced = array_change_key_case($more);

        return array_filter(
            $headers,
            static fn (string $name): bool => !isset($replaced[strtolower($name)]),
            ARRAY_FILTER_USE_KEY,
        ) + $more;
    }

    private function userAgent(): string
    {
        $php = PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION . '.' . PHP_RELEASE_VERSION;
        $agent = sprintf('syssecure-php/%s (php/%s; %s %s)', Client::VERSION, $php, PHP_OS_FAMILY, php_uname('m'));

        return $this->userAgent === null || $this->userAgent === '' ? $agent : "$agent $this->userAgent";
    }
}
