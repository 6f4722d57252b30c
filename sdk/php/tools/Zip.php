<?php

declare(strict_types=1);

namespace SysSecure\Tools;

/** Writes zip files whose bytes depend on their contents only, which ext-zip and the program zip cannot promise. */
final class Zip
{
    private const REGULAR_FILE = 0100644 << 16;
    private const MADE_BY_UNIX = 0x0314;
    private const DEFLATED = 8;
    private const UTF_8_NAMES = 0x0800;

    private string $files = '';
    private string $directory = '';
    private int $count = 0;

    /** @param int $time Unix seconds, the time of every file */
    public function __construct(private readonly int $time)
    {
    }

    public function add(string $name, string $contents): void
    {
        $packed = gzdeflate($contents, 9);
        $common = pack('vvvVVVVvv', 20, self::UTF_8_NAMES, self::DEFLATED, $this->dosTime(), crc32($contents),
            strlen($packed), strlen($contents), strlen($name), 0);
        $this->directory .= "PK\x01\x02" . pack('v', self::MADE_BY_UNIX) . $common
            . pack('vvvVV', 0, 0, 0, self::REGULAR_FILE, strlen($this->files)) . $name;
        $this->files .= "PK\x03\x04" . $common . $name . $packed;
        $this->count++;
    }

    public function bytes(): string
    {
        $end = pack('vvvvVVv', 0, 0, $this->count, $this->count, strlen($this->directory), strlen($this->files), 0);

        return $this->files . $this->directory . "PK\x05\x06" . $end;
    }

    /** The time in UTC, as zip files have it: bits of seconds / 2, minutes, hours, and then of day, month and year. */
    private function dosTime(): int
    {
        $parts = array_map(intval(...), explode(' ', gmdate('Y n j G i s', $this->time)));
        [$year, $month, $day, $hour, $minute, $second] = $parts;

        return ($year - 1980) << 25 | $month << 21 | $day << 16 | $hour << 11 | $minute << 5 | $second >> 1;
    }
}
