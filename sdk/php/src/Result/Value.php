<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Encode;
use SysSecure\Internal\Fields;
use SysSecure\Internal\Json;
use SysSecure\Internal\Redactor;

/**
 * A part of a result. Its text forms mask phone numbers, and leave out texts, secrets, payloads and metadata.
 *
 * Fields that the API promises are documented as never null: only a server that breaks its promise leaves them out.
 */
abstract readonly class Value
{
    private const HIDDEN = ['raw' => 1, 'body' => 1, 'secret' => 1, 'payload' => 1, 'metadata' => 1, 'text' => 1,
        'value' => 1, 'example' => 1, 'answer' => 1, 'national' => 1, 'international' => 1, 'replaced' => 1,
        'callbackSecret' => 1, 'testCallbackSecret' => 1];

    /**
     * The decoded JSON, with the fields that this version of the SDK does not know. Objects are arrays by key; one that
     * is empty or has the keys 0, 1, 2 … is a stdClass, so that it is an object again when you encode it.
     *
     * @var array<string, mixed>
     */
    public array $raw;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        $this->raw = $fields->raw;
    }

    /** @return array<string, mixed> */
    final public function __debugInfo(): array
    {
        return array_map(self::masked(...), array_diff_key(get_object_vars($this), self::HIDDEN));
    }

    final public function __toString(): string
    {
        return static::class . ' ' . Json::show(self::nested($this));
    }

    private static function masked(mixed $value): mixed
    {
        return match (true) {
            is_string($value) => Redactor::numbers($value),
            is_array($value) => array_map(self::masked(...), $value),
            $value instanceof \DateTimeInterface => Encode::time($value),
            default => $value,
        };
    }

    private static function nested(mixed $value): mixed
    {
        $value = $value instanceof self ? $value->__debugInfo() : $value;

        return is_array($value) ? array_map(self::nested(...), $value) : $value;
    }
}
