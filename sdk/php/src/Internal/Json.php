<?php

declare(strict_types=1);

namespace SysSecure\Internal;

use SysSecure\Exception\ConfigurationException;

/**
 * JSON without loss. Errors are never JsonExceptions, because the trace of one holds the text itself.
 *
 * @internal
 */
final class Json
{
    private const DEPTH = 128;
    private const FLAGS = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_LINE_TERMINATORS
        | JSON_PRESERVE_ZERO_FRACTION;

    /** @throws ConfigurationException when the value has no form in JSON */
    public static function encode(#[\SensitiveParameter] mixed $value): string
    {
        $json = json_encode($value, self::FLAGS);

        if ($json === false) {
            throw new ConfigurationException('The request cannot be written as JSON: ' . json_last_error_msg() . '.');
        }

        return $json;
    }

    /**
     * Decodes a JSON object. Objects become arrays by key; those that are empty or have the keys 0, 1, 2 … stay
     * objects, because as arrays they would be lists when they are encoded again.
     *
     * @return array<string, mixed>|null null when the text is anything but a JSON object
     */
    public static function decodeObject(#[\SensitiveParameter] string $json): ?array
    {
        if (str_starts_with($json, "\u{FEFF}")) {
            $json = substr($json, 3);
        }
        $value = json_decode($json, false, self::DEPTH, JSON_BIGINT_AS_STRING);

        return $value instanceof \stdClass ? array_map(self::toArrays(...), (array) $value) : null;
    }

    /** A line for people. Empty lists and objects that JSON cannot tell apart do not matter here. */
    public static function show(#[\SensitiveParameter] mixed $value): string
    {
        return json_encode($value, self::FLAGS | JSON_INVALID_UTF8_SUBSTITUTE | JSON_PARTIAL_OUTPUT_ON_ERROR) ?: '';
    }

    private static function toArrays(#[\SensitiveParameter] mixed $value): mixed
    {
        if ($value instanceof \stdClass) {
            $value = array_map(self::toArrays(...), (array) $value);

            return array_is_list($value) ? (object) $value : $value;
        }

        return is_array($value) ? array_map(self::toArrays(...), $value) : $value;
    }
}
