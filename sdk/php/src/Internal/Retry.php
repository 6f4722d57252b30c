<?php

declare(strict_types=1);

namespace SysSecure\Internal;

use SysSecure\Exception\APIStatusException;
use SysSecure\Exception\SysSecureException;
use SysSecure\Transport\Failure;
use SysSecure\Transport\TransportException;

/**
 * Whether a call is tried again, and after how long.
 *
 * @internal
 */
final class Retry
{
    private const FIRST_WAIT = 0.5;
    private const LONGEST_WAIT = 8.0;
    private const MONTHS = ['Jan' => 1, 'Feb' => 2, 'Mar' => 3, 'Apr' => 4, 'May' => 5, 'Jun' => 6, 'Jul' => 7,
        'Aug' => 8, 'Sep' => 9, 'Oct' => 10, 'Nov' => 11, 'Dec' => 12];

    /** Whether an attempt that ended so may be repeated. */
    public static function allowed(SysSecureException $e): bool
    {
        if ($e instanceof APIStatusException) {
            return $e->status === 408 || $e->status === 429 || ($e->status >= 500 && $e->status !== 501);
        }
        $cause = $e->getPrevious();

        return !($cause instanceof TransportException && $cause->failure === Failure::Certificate);
    }

    /**
     * The wait before a retry, in seconds.
     *
     * @param int $retry 1 for the first retry
     * @param float $random from 0 to 1
     * @param int|null $retryAfter the valid Retry-After, in seconds
     */
    public static function wait(int $retry, float $random, ?int $retryAfter): float
    {
        if ($retryAfter !== null) {
            return (float) $retryAfter;
        }

        return min(self::LONGEST_WAIT, self::FIRST_WAIT * 2.0 ** ($retry - 1)) * (0.5 + 0.5 * $random);
    }

    /**
     * The seconds that a Retry-After header asks for: a whole number above 0, or the time until an HTTP date in the
     * future, rounded up. Null when it is absent or anything else.
     */
    public static function after(?string $header, float $now): ?int
    {
        $header = trim($header ?? '', " \t");

        if (preg_match('/^[0-9]+$/D', $header) === 1) {
            $seconds = (int) $header; // More digits than an int has become the largest int.
        } else {
            $date = self::httpDate($header);
            $seconds = $date === null ? 0 : (int) ceil($date - $now);
        }

        return $seconds > 0 ? $seconds : null;
    }

    private static function httpDate(string $text): ?int
    {
        $pattern = '/^[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/D';

        if (preg_match($pattern, $text, $m) !== 1 || !isset(self::MONTHS[$m[2]])) {
            return null;
        }
        [$day, $month, $year] = [(int) $m[1], self::MONTHS[$m[2]], (int) $m[3]];

        if (!checkdate($month, $day, $year) || $m[4] > '23' || $m[5] > '59' || $m[6] > '60') {
            return null;
        }

        return gmmktime((int) $m[4], (int) $m[5], (int) $m[6], $month, $day, $year) ?: null;
    }
}
