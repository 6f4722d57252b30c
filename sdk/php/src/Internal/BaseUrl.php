<?php

declare(strict_types=1);

namespace SysSecure\Internal;

use SysSecure\Exception\ConfigurationException;

/**
 * The checks of the base URL. No message repeats the URL, because it can hold a password.
 *
 * @internal
 */
final class BaseUrl
{
    public const DEFAULT = 'https://api.syssecure.me';

    /** The URL with /v2 at its end. */
    public static function resolve(#[\SensitiveParameter] ?string $argument, bool $allowInsecureHttp): string
    {
        $url = $argument ?? Env::get('SYSSECURE_BASE_URL') ?? self::DEFAULT;
        $parts = self::parts($url);

        if ($parts['scheme'] === 'http' && !$allowInsecureHttp && !self::isLoopback($parts['host'])) {
            throw new ConfigurationException('Plain HTTP would send your key and codes unencrypted. '
                . 'Use https, or set allowInsecureHttp: true if the network between you and the server is your own.');
        }
        $url = rtrim($url, '/');

        return str_ends_with($url, '/v2') ? $url : $url . '/v2';
    }

    /** @return array{scheme: string, host: string} */
    private static function parts(#[\SensitiveParameter] string $url): array
    {
        $example = 'such as https://otp.example.com';

        if ($url === '') {
            throw new ConfigurationException("baseUrl is empty: give your server's address, $example, or none.");
        }
        $parts = parse_url($url);
        $scheme = strtolower($parts['scheme'] ?? '');
        $host = $parts['host'] ?? '';

        $isOdd = preg_match('/[\x00-\x20\x7F\\\\]/', $url) === 1;

        if ($isOdd || $host === '' || !in_array($scheme, ['http', 'https'], true)) {
            throw new ConfigurationException("baseUrl must be an absolute URL with http or https, $example.");
        }
        if (str_contains($url, '@') || str_contains($url, '?') || str_contains($url, '#')) {
            throw new ConfigurationException("baseUrl must have no user, query or fragment, $example.");
        }

        return ['scheme' => $scheme, 'host' => strtolower(trim($host, '[]'))];
    }

    /** Whether a host, without brackets and in lower case, is this machine. */
    public static function isLoopback(string $host): bool
    {
        return $host === 'localhost'
            || str_ends_with($host, '.localhost')
            || (filter_var($host, FILTER_VALIDATE_IP, FILTER_FLAG_IPV4) !== false && str_starts_with($host, '127.'))
            || (str_contains($host, ':') && @inet_pton($host) === inet_pton('::1'));
    }
}
