<?php

declare(strict_types=1);

namespace SysSecure;

/** The time, waits and random numbers of a client. Tests give it a SysSecure\Testing\FakeClock, which never sleeps. */
interface Clock
{
    /** The time as Unix seconds. */
    public function now(): float;

    /** Waits for so many seconds. */
    public function sleep(float $seconds): void;

    /** A random number from 0 up to, but not including, 1. */
    public function random(): float;
}
