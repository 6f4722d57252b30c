<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Internal\Engine;

/** A group of operations. */
abstract readonly class Resource
{
    /** @internal The client makes it. */
    final public function __construct(protected Engine $engine)
    {
    }

    /** @return array<string, mixed> Nothing: the engine holds the key. */
    final public function __debugInfo(): array
    {
        return [];
    }
}
