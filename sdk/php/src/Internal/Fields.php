<?php

declare(strict_types=1);

namespace SysSecure\Internal;

use SysSecure\Result\Value;

/**
 * Reads the fields of a decoded JSON object, and checks their types. A field that is absent or null has no value.
 *
 * @internal
 */
final readonly class Fields
{
    private const TIME = '/^(\d{4})-(\d\d)-(\d\d)[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/D';

    /**
     * @param array<string, mixed> $raw
     * @param string|null $requestId the id of the answer that they are from
     * @param string $path what comes before the name of a field in errors, such as "attempts[0]."
     */
    public function __construct(
        #[\SensitiveParameter] public array $raw,
        public ?string $requestId = null,
        private string $path = '',
    ) {
    }

    public function string(string $name): ?string
    {
        return $this->typed($name, 'a string', is_string(...));
    }

    public function int(string $name): ?int
    {
        return $this->typed($name, 'an integer', is_int(...));
    }

    public function float(string $name): ?float
    {
        $isNumber = static fn (mixed $value): bool => is_int($value) || is_float($value);

        return $this->typed($name, 'a number', $isNumber);
    }

    public function bool(string $name): ?bool
    {
        return $this->typed($name, 'true or false', is_bool(...));
    }

    /** A field without which the result means nothing. */
    public function requiredBool(string $name): bool
    {
        return $this->bool($name) ?? throw $this->wrong($name, 'true or false');
    }

    /** A time, in UTC. */
    public function time(string $name): ?\DateTimeImmutable
    {
        $text = $this->string($name);

        return $text === null ? null : self::parseTime($text) ?? throw $this->wrong($name, 'a time');
    }

    /** The time that an RFC 3339 text names, or null when it is none. */
    public static function parseTime(string $text): ?\DateTimeImmutable
    {
        // DateTimeImmutable takes 30 February for 2 March.
        if (preg_match(self::TIME, $text, $part) !== 1 || !checkdate((int) $part[2], (int) $part[3], (int) $part[1])) {
            return null;
        }

        try {
            return (new \DateTimeImmutable($text))->setTimezone(new \DateTimeZone('UTC'));
        } catch (\Exception) {
            return null; // Such as the hour 25.
        }
    }

    /** @return list<string> */
    public function strings(string $name): array
    {
        $isStrings = static fn (mixed $value): bool => is_array($value) && array_is_list($value)
            && array_filter($value, is_string(...)) === $value;

        return $this->typed($name, 'a list of strings', $isStrings) ?? [];
    }

    /** @return array<string, mixed> an object by its keys, which are never changed */
    public function map(string $name): array
    {
        return (array) $this->typed($name, 'an object', self::isObject(...));
    }

    /** @return array<string, string> */
    public function stringMap(string $name): array
    {
        $map = $this->map($name);

        return array_filter($map, is_string(...)) === $map ? $map : throw $this->wrong($name, 'an object of strings');
    }

    /** @return array<string, int> */
    public function intMap(string $name): array
    {
        $map = $this->map($name);

        return array_filter($map, is_int(...)) === $map ? $map : throw $this->wrong($name, 'an object of integers');
    }

    /** Any JSON. */
    public function any(string $name): mixed
    {
        return $this->raw[$name] ?? null;
    }

    /**
     * An object as a result.
     *
     * @template T of Value
     * @param class-string<T> $class
     * @return T|null
     */
    public function one(string $name, string $class): ?Value
    {
        $value = $this->typed($name, 'an object', self::isObject(...));

        return $value === null ? null : new $class(new self((array) $value, $this->requestId, "$this->path$name."));
    }

    /**
     * A list of objects as results.
     *
     * @template T of Value
     * @param class-string<T> $class
     * @return list<T>
     */
    public function many(string $name, string $class): array
    {
        $isList = static fn (mixed $value): bool => is_array($value) && array_is_list($value);
        $results = [];

        foreach ($this->typed($name, 'a list', $isList) ?? [] as $i => $row) {
            if (!self::isObject($row)) {
                throw $this->wrong("{$name}[$i]", 'an object');
            }
            $results[] = new $class(new self((array) $row, $this->requestId, "$this->path{$name}[$i]."));
        }

        return $results;
    }

    /** Decoded objects are arrays that are no lists, or stdClass where the array would be one. */
    private static function isObject(mixed $value): bool
    {
        return $value instanceof \stdClass || (is_array($value) && !array_is_list($value));
    }

    /** @param \Closure(mixed): bool $is */
    private function typed(string $name, string $type, \Closure $is): mixed
    {
        $value = $this->raw[$name] ?? null;

        return $value === null || $is($value) ? $value : throw $this->wrong($name, $type);
    }

    private function wrong(string $name, string $type): FieldException
    {
        return new FieldException("$this->path$name is not $type");
    }
}
