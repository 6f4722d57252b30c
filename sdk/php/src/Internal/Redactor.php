<?php

declare(strict_types=1);

namespace SysSecure\Internal;

use SysSecure\Transport\TransportException;

/**
 * Takes the key and phone numbers out of what comes from outside.
 *
 * @internal
 */
final readonly class Redactor
{
    public function __construct(private \SensitiveParameterValue $key)
    {
    }

    /** Replaces phone numbers: +32470123456 becomes +32…56, also where a URL writes the plus as %2B. */
    public static function numbers(string $text): string
    {
        return (string) preg_replace('/(\+|%2B)(\d\d)\d{3,11}(\d\d)(?!\d)/i', '$1$2…$3', $text);
    }

    /** The first characters of a key, by which its owner knows it. */
    public static function beginning(#[\SensitiveParameter] string $key): string
    {
        return strlen($key) > 8 ? substr($key, 0, 8) . '…' : '…';
    }

    public function text(#[\SensitiveParameter] string $text): string
    {
        return self::numbers(str_replace($this->key->getValue(), 'sk_…', $text));
    }

    /**
     * Every text in a value, also in lists and objects.
     *
     * @template T
     * @param T $value
     * @return T
     */
    public function all(#[\SensitiveParameter] mixed $value): mixed
    {
        return match (true) {
            is_string($value) => $this->text($value),
            is_array($value) => $this->entries($value),
            $value instanceof \stdClass => (object) $this->entries((array) $value),
            default => $value,
        };
    }

    /**
     * @param array<mixed> $entries
     * @return array<mixed>
     */
    private function entries(#[\SensitiveParameter] array $entries): array
    {
        $redacted = [];

        foreach ($entries as $name => $value) {
            $redacted[is_string($name) ? $this->text($name) : $name] = $this->all($value);
        }

        return $redacted;
    }

    /** The cause of an error; one whose text holds something secret is replaced by its redacted text. */
    public function cause(TransportException $cause): TransportException
    {
        for ($e = $cause; $e !== null; $e = $e->getPrevious()) {
            if ($this->text($e->getMessage()) !== $e->getMessage()) {
                return new TransportException($cause->failure, $this->text($cause->getMessage()), $cause->getCode());
            }
        }

        return $cause;
    }
}
