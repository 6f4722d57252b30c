<?php

declare(strict_types=1);

namespace SysSecure\Internal;

/** @internal */
final class Env
{
    /** An environment variable, also one that a .env file set in $_ENV or $_SERVER only. Null when absent or empty. */
    public static function get(string $name): ?string
    {
        foreach ([getenv($name), $_ENV[$name] ?? '', $_SERVER[$name] ?? ''] as $value) {
            if (is_string($value) && $value !== '') {
                return $value;
            }
        }

        return null;
    }
}
