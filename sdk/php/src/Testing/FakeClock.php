<?php

declare(strict_types=1);

namespace SysSecure\Testing;

use SysSecure\Clock;

/** A clock for tests: waits end at once and are recorded, and the time stands still. */
final class FakeClock implements Clock
{
    /** @var list<float> The waits so far, in seconds. */
    public array $sleeps = [];

    /**
     * @param float|null $now Unix seconds; the real time by default
     * @param float $random what every random number is: from 0 up to 1
     */
    public function __construct(private readonly ?float $now = null, private readonly float $random = 0.5)
    {
    }

    public function now(): float
    {
        return $this->now ?? microtime(true);
    }

    public function sleep(float $seconds): void
    {
        $this->sleeps[] = $seconds;
    }

    public function random(): float
    {
        return $this->random;
    }
}
