<?php

declare(strict_types=1);

namespace SysSecure\Tests\Support;

/** Looks for secrets in everything that an exception carries. */
final class Leaks
{
    /**
     * @param list<string> $secrets
     * @return list<string> where they are: the text, or the frame of the trace
     */
    public static function of(\Throwable $exception, array $secrets): array
    {
        $found = [];

        for ($e = $exception; $e !== null; $e = $e->getPrevious()) {
            if (self::holds($e->getMessage(), $secrets)) {
                $found[] = 'the message of ' . $e::class;
            }
            foreach ($e->getTrace() as $frame) {
                $class = $frame['class'] ?? '';
                $isOurs = str_starts_with($class, 'SysSecure\\') && !str_starts_with($class, 'SysSecure\\Tests\\');
                $isBuiltIn = $class === '' && str_contains($frame['file'] ?? '', '/src/');

                if (($isOurs || $isBuiltIn) && self::holds($frame['args'] ?? [], $secrets)) {
                    $found[] = "$class::{$frame['function']}";
                }
            }
        }

        return $found;
    }

    /**
     * Whether a secret is in a value, however deep, also in private properties.
     *
     * @param list<string> $secrets
     */
    public static function holds(mixed $value, array $secrets, int $depth = 0): bool
    {
        if (is_string($value)) {
            return array_filter($secrets, static fn (string $secret): bool => str_contains($value, $secret)) !== [];
        }
        if ($depth > 12 || !(is_array($value) || is_object($value))) {
            return false;
        }
        foreach ((array) $value as $inner) {
            if (self::holds($inner, $secrets, $depth + 1)) {
                return true;
            }
        }

        return false;
    }
}
