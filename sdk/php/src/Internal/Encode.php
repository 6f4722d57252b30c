<?php

declare(strict_types=1);

namespace SysSecure\Internal;

use SysSecure\Exception\ConfigurationException;
use SysSecure\Result\Value;

/**
 * Turns arguments into what the API takes. Each method returns null for null, which is left out of the request.
 *
 * @internal
 */
final class Encode
{
    /** A time in UTC, as RFC 3339; a string is sent as it is. */
    public static function time(\DateTimeInterface|string|null $time): ?string
    {
        if (!$time instanceof \DateTimeInterface) {
            return $time;
        }
        $utc = \DateTimeImmutable::createFromInterface($time)->setTimezone(new \DateTimeZone('UTC'));
        $milliseconds = $utc->format('v');

        return $utc->format('Y-m-d\TH:i:s') . ($milliseconds === '000' ? '' : ".$milliseconds") . 'Z';
    }

    /** A duration as whole seconds. */
    public static function seconds(string $name, int|float|\DateInterval|null $duration): ?int
    {
        if ($duration === null || is_int($duration)) {
            return $duration;
        }
        $seconds = $duration instanceof \DateInterval ? self::intervalSeconds($name, $duration) : $duration;

        if (!is_finite($seconds) || floor($seconds) !== (float) $seconds || abs($seconds) >= 2 ** 53) {
            throw new ConfigurationException("$name must be a whole number of seconds.");
        }

        return (int) $seconds;
    }

    private static function intervalSeconds(string $name, \DateInterval $i): float
    {
        if ($i->days === false && ($i->y !== 0 || $i->m !== 0)) {
            throw new ConfigurationException("$name must not be in months or years: they have no fixed length.");
        }
        $days = $i->days === false ? $i->d : $i->days;
        $seconds = (($days * 24 + $i->h) * 60 + $i->i) * 60 + $i->s + $i->f;

        return (float) ($i->invert === 1 ? -$seconds : $seconds);
    }

    /**
     * A list, also one whose keys have gaps.
     *
     * @param array<mixed>|null $list
     * @return list<mixed>|null
     */
    public static function list(#[\SensitiveParameter] ?array $list): ?array
    {
        return $list === null ? null : array_values($list);
    }

    /**
     * An object by its keys, also one without any.
     *
     * @param array<mixed>|object|null $map
     */
    public static function map(#[\SensitiveParameter] array|object|null $map): ?object
    {
        return $map === null ? null : (object) ($map instanceof Value ? $map->raw : $map);
    }

    /**
     * The field fallback of a send.
     *
     * @param array{after?: int|float|\DateInterval|null}|null $fallback
     */
    public static function fallback(?array $fallback): ?object
    {
        if (isset($fallback['after'])) {
            $fallback['after'] = self::seconds('fallback.after', $fallback['after']);
        }

        return self::map($fallback);
    }

    /**
     * The field channels of a template.
     *
     * @param array<string, mixed>|object|null $channels
     */
    public static function templateChannels(array|object|null $channels): ?object
    {
        if (is_array($channels) && is_array($channels['voice'] ?? null)) {
            $voice = $channels['voice'];

            if (is_array($voice['translations'] ?? null)) {
                $voice['translations'] = self::map($voice['translations']);
            }
            $channels['voice'] = self::map($voice);
        }

        return self::map($channels);
    }

    /** @param array<string, mixed> $query */
    public static function query(#[\SensitiveParameter] array $query): string
    {
        $pairs = [];

        foreach ($query as $name => $value) {
            if ($name === 'metadata' && (is_array($value) || $value instanceof \stdClass)) {
                foreach ((array) $value as $key => $wanted) {
                    $pairs["metadata[$key]"] = $wanted;
                }
            } else {
                $pairs[$name] = $value;
            }
        }
        $pairs = self::given($pairs);

        return $pairs === [] ? '' : '?' . implode('&', array_map(self::pair(...), array_keys($pairs), $pairs));
    }

    /**
     * The fields of a body; those that are null are left out.
     *
     * @param array<string, mixed> $fields
     */
    public static function fields(#[\SensitiveParameter] array $fields): object
    {
        return (object) self::given($fields);
    }

    /**
     * @param array<mixed> $values
     * @return array<mixed>
     */
    private static function given(#[\SensitiveParameter] array $values): array
    {
        return array_filter($values, static fn (mixed $value): bool => $value !== null);
    }

    private static function pair(string|int $name, #[\SensitiveParameter] mixed $value): string
    {
        $text = is_array($value) ? implode(',', array_map(self::text(...), $value)) : self::text($value);

        return rawurlencode((string) $name) . '=' . rawurlencode($text);
    }

    private static function text(#[\SensitiveParameter] mixed $value): string
    {
        return match (true) {
            is_bool($value) => $value ? 'true' : 'false',
            is_int($value), is_string($value) => (string) $value,
            is_float($value) => Json::encode($value),
            $value instanceof \DateTimeInterface => (string) self::time($value),
            $value instanceof \Stringable => (string) $value,
            default => throw new ConfigurationException('A value of the query is no text, number or list of them.'),
        };
    }
}
