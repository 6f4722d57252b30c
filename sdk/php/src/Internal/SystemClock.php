<?php

declare(strict_types=1);

namespace SysSecure\Internal;

use SysSecure\Clock;

/** @internal */
final class SystemClock implements Clock
{
    public function now(): float
    {
        return microtime(true);
    }

    /** A signal that arrives does not end the wait. */
    public function sleep(float $seconds): void
    {
        $end = hrtime(true) + (int) ($seconds * 1e9);

        while (($left = $end - hrtime(true)) > 0) {
            usleep(max(1, intdiv($left, 1000)));
        }
    }

    public function random(): float
    {
        return random_int(0, 999_999) / 1_000_000;
    }
}
