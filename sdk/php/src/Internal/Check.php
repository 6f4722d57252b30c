<?php

declare(strict_types=1);

namespace SysSecure\Internal;

use SysSecure\Exception\ConfigurationException;

/**
 * Checks of options and arguments. No message repeats the value.
 *
 * @internal
 */
final class Check
{
    /** Another length than that of the body would make the server read the rest of it as the next request. */
    private const FRAMING = ['content-length', 'transfer-encoding'];

    public static function key(#[\SensitiveParameter] ?string $argument): \SensitiveParameterValue
    {
        if ($argument === '') {
            throw new ConfigurationException('apiKey is empty: give a key, or leave it out to use SYSSECURE_API_KEY.');
        }
        $key = $argument ?? Env::get('SYSSECURE_API_KEY') ?? throw new ConfigurationException(
            'There is no API key: give it as the argument apiKey, or set the environment variable SYSSECURE_API_KEY.',
        );

        if (preg_match('/^[\x21-\x7E]+$/D', $key) !== 1) {
            throw new ConfigurationException('The API key has a character that no key has, such as a space or a line '
                . 'break. Copy it again.');
        }

        return new \SensitiveParameterValue($key);
    }

    public static function timeout(string $name, int|float $seconds): float
    {
        if (!is_finite($seconds) || $seconds <= 0) {
            throw new ConfigurationException("$name must be a number of seconds above 0.");
        }

        return (float) $seconds;
    }

    public static function retries(int $number): int
    {
        return $number >= 0 ? $number : throw new ConfigurationException('maxRetries must not be negative.');
    }

    public static function maxRetryAfter(int|float $seconds): float
    {
        if (is_nan($seconds) || $seconds < 0) {
            throw new ConfigurationException('maxRetryAfter must be a number of seconds from 0.');
        }

        return (float) $seconds;
    }

    /**
     * @param array<mixed> $headers
     * @return array<string, string>
     */
    public static function headers(#[\SensitiveParameter] array $headers): array
    {
        $checked = [];

        foreach ($headers as $name => $value) {
            if (!is_string($name) || preg_match('/^[!#$%&\'*+.^_`|~0-9A-Za-z-]+$/D', $name) !== 1) {
                throw new ConfigurationException('headers has a name that no header can have.');
            }
            if (strtolower($name) === 'authorization') {
                throw new ConfigurationException('headers must not hold Authorization: the client sends its own key.');
            }
            if (strtolower($name) === 'idempotency-key') {
                throw new ConfigurationException('headers must not hold Idempotency-Key: give it to one call as '
                    . 'idempotencyKey.');
            }
            if (in_array(strtolower($name), self::FRAMING, true)) {
                throw new ConfigurationException("headers must not hold $name: the client tells the length itself.");
            }
            $checked[$name] = self::headerValue("The header $name", $value);
        }

        return $checked;
    }

    public static function headerValue(string $what, #[\SensitiveParameter] mixed $value): string
    {
        if (!is_string($value) || preg_match('/[\r\n\0]/', $value) === 1) {
            throw new ConfigurationException("$what must be a text without line breaks and NUL.");
        }

        return $value;
    }

    /** A proxy's URL, which can hold a password. */
    public static function proxy(#[\SensitiveParameter] ?string $url): ?\SensitiveParameterValue
    {
        if ($url !== null && preg_match('~^(https?|socks4a?|socks5h?)://[^\s/]+/?$~Di', $url) !== 1) {
            throw new ConfigurationException('proxy must be a URL, such as http://proxy.example.com:3128.');
        }

        return $url === null ? null : new \SensitiveParameterValue($url);
    }

    public static function caFile(?string $file): ?string
    {
        return $file === null || (is_file($file) && is_readable($file))
            ? $file
            : throw new ConfigurationException('caFile is no file that can be read: give one in PEM format.');
    }

    public static function idempotencyKey(#[\SensitiveParameter] string $key): string
    {
        if (preg_match('/^[\x20-\x7E]{1,255}$/D', $key) !== 1) {
            throw new ConfigurationException('idempotencyKey must have 1 to 255 printable ASCII characters.');
        }

        return $key;
    }

    /** @return string the method in capitals */
    public static function method(string $method): string
    {
        $method = strtoupper($method);

        return in_array($method, ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], true)
            ? $method
            : throw new ConfigurationException('method must be GET, POST, PUT, PATCH or DELETE.');
    }

    /** @return string the path relative to /v2 */
    public static function path(#[\SensitiveParameter] string $path): string
    {
        if (preg_match('~^/(?!/)[A-Za-z0-9._\~!$&\'()*+,;=:@%/-]*$~D', $path) !== 1) {
            throw new ConfigurationException('path must begin with one / and be percent-encoded, without the host and '
                . 'the query: /v2 is added, and the query has an argument of its own.');
        }
        foreach (explode('/', $path) as $part) {
            if (in_array(rawurldecode($part), ['.', '..'], true)) {
                throw new ConfigurationException('path must not have the parts "." and "..".');
            }
        }

        return (string) preg_replace('~^/v2(?=/)~', '', $path);
    }
}
