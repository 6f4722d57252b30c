<?php

declare(strict_types=1);

// What the tools share.

namespace SysSecure\Tools;

const ROOT = __DIR__ . '/..';

// A warning ends a tool, too, except where an @ expects it.
set_error_handler(static fn (int $level, string $message, string $file, int $line): bool =>
    (error_reporting() & $level) === 0 || fail("$message in $file:$line"));

/** Ends the program with a message. */
function fail(string $message): never
{
    fwrite(STDERR, "$message\n");
    exit(1);
}

/**
 * Runs a program and returns what it printed; fails with all that it printed when it does.
 *
 * @param list<string> $command
 * @param array<string, string> $environment added to that of this process
 */
function run(array $command, string $folder, array $environment = [], string $input = ''): string
{
    $output = tempnam(sys_get_temp_dir(), 'output');
    $process = proc_open(
        $command,
        [['pipe', 'r'], ['file', $output, 'w'], ['file', $output, 'a']],
        $pipes,
        $folder,
        $environment + getenv(),
    );
    fwrite($pipes[0], $input);
    fclose($pipes[0]);
    $status = proc_close($process);
    $text = (string) file_get_contents($output);
    unlink($output);
    $status === 0 || fail(implode(' ', $command) . " failed with status $status:\n$text");

    return $text;
}

/** A new folder, which is removed when the program ends. */
function temporaryFolder(): string
{
    $folder = sys_get_temp_dir() . '/syssecure-php-' . bin2hex(random_bytes(6));
    mkdir($folder);
    register_shutdown_function(static function () use ($folder): void {
        exec('rm -rf ' . escapeshellarg($folder));
    });

    return $folder;
}

/** Unpacks the package of dist into a folder, and returns where it is. */
function unpack(string $dist, string $folder): string
{
    $zip = glob("$dist/syssecure-php-*.zip") ?: fail("there is no package in $dist: run make package");
    (new \PharData($zip[0]))->extractTo($folder);

    return $folder . '/' . basename($zip[0], '.zip');
}

/**
 * A project in an empty folder, for which Composer finds the package in a folder, and nothing on the internet.
 *
 * @return array{string, array<string, string>} the folder, and the environment for Composer
 */
function composerProject(string $package, string $folder): array
{
    mkdir("$folder/home");
    mkdir("$folder/project");
    $path = ['type' => 'path', 'url' => $package, 'options' => ['symlink' => false]];
    $config = ['repositories' => ['packagist.org' => false, 'syssecure' => $path]];
    file_put_contents("$folder/home/config.json", json_encode($config));

    return ["$folder/project", [
        'COMPOSER_HOME' => "$folder/home",
        'COMPOSER_ALLOW_SUPERUSER' => '1',
        'COMPOSER_NO_INTERACTION' => '1',
        'COMPOSER_DISABLE_NETWORK' => '1',
    ]];
}

/**
 * The fenced blocks of README.md.
 *
 * @return list<array{kind: string, heading: string, code: string}>
 */
function readmeBlocks(): array
{
    $text = (string) file_get_contents(ROOT . '/README.md');
    preg_match_all('/^(?:## (?<heading>.+)|```(?<kind>.*)\n(?<code>(?s:.*?))^```)$/m', $text, $matches, PREG_SET_ORDER);
    $blocks = [];
    $heading = '';

    foreach ($matches as $match) {
        if ($match['heading'] !== '') {
            $heading = $match['heading'];
        } else {
            $blocks[] = ['kind' => $match['kind'], 'heading' => $heading, 'code' => $match['code']];
        }
    }

    return $blocks;
}
