<?php

declare(strict_types=1);

namespace SysSecure\Internal;

/**
 * The text forms of an object that holds secrets: var_dump, print_r and string conversion show what describe() returns.
 *
 * @internal
 */
trait Describes
{
    /** @return array<string, mixed> what may be shown, by name */
    abstract private function describe(): array;

    /** @return array<string, mixed> */
    public function __debugInfo(): array
    {
        return $this->describe();
    }

    public function __toString(): string
    {
        return static::class . ' ' . Json::show($this->describe());
    }
}
