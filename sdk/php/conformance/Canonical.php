<?php

declare(strict_types=1);

namespace SysSecure\Conformance;

use SysSecure\Exception\APIStatusException;
use SysSecure\Exception\SysSecureException;
use SysSecure\Page;
use SysSecure\Result\Value;

/** Results and errors as the suite writes them, in every language. */
final class Canonical
{
    /** Properties that are maps, which JSON must not write as lists when they are empty. */
    private const MAPS = ['metadata', 'translations', 'spend_cap_countries', 'details'];

    /** Properties that the suite does not want in results. */
    private const OWN = ['raw' => 1, 'requestId' => 1];

    public static function snake(string $name): string
    {
        return strtolower((string) preg_replace('/(?<=[a-z0-9])[A-Z]/', '_$0', $name));
    }

    public static function value(mixed $value): mixed
    {
        return match (true) {
            $value instanceof Page => ['data' => self::value($value->data), 'next_cursor' => $value->nextCursor,
                'has_more' => $value->hasMore],
            $value instanceof Value => self::properties(array_diff_key(get_object_vars($value), self::OWN)),
            $value instanceof \DateTimeInterface => self::time($value),
            is_array($value) => array_map(self::value(...), $value),
            default => $value,
        };
    }

    /** @return array<string, mixed> */
    public static function error(\Throwable $e): array
    {
        if (!$e instanceof SysSecureException) {
            return ['type' => 'Unexpected', 'parents' => [], 'text' => (string) $e];
        }
        $parents = array_filter(class_parents($e), static fn (string $p): bool => str_starts_with($p, 'SysSecure\\'));
        $error = ['type' => self::name($e::class), 'parents' => array_values(array_map(self::name(...), $parents)),
            'text' => $e->getMessage()];
        $own = ['errors' => 1, 'errorCode' => 1, 'errorMessage' => 1, 'headers' => 1];

        if ($e instanceof APIStatusException) {
            $error += ['code' => $e->errorCode, 'message' => $e->errorMessage];
            $error['errors'] = array_map(static fn (object $fault): array => get_object_vars($fault), $e->errors);
        }

        return $error + self::properties(array_diff_key(get_object_vars($e), $own));
    }

    private static function name(string $class): string
    {
        return (string) preg_replace(['/^.*\\\\/', '/Exception$/'], ['', 'Error'], $class);
    }

    private static function time(\DateTimeInterface $time): string
    {
        return preg_replace('/\.?0+(?=Z$)/', '', $time->format('Y-m-d\TH:i:s.u\Z'));
    }

    /**
     * @param array<string, mixed> $properties
     * @return array<string, mixed>
     */
    private static function properties(array $properties): array
    {
        $canonical = [];

        foreach ($properties as $name => $value) {
            $name = self::snake($name);
            $canonical[$name] = in_array($name, self::MAPS, true) ? (object) $value : self::value($value);
        }

        return $canonical;
    }
}
