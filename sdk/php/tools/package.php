<?php

declare(strict_types=1);

// Builds dist/syssecure-php-<version>.zip. The argument is the folder dist.

namespace SysSecure\Tools;

use SysSecure\Client;

require __DIR__ . '/../init.php';
require __DIR__ . '/common.php';
require __DIR__ . '/Zip.php';

const MAX_BYTES = 150_000;
const TIME = 1_767_225_600; // 2026-01-01, as in the packages of the other SDKs.

/** What may be in the package, as regular expressions of names; each must be there. */
const CONTENTS = [
    'CHANGELOG\.md',
    'LICENSE',
    'README\.md',
    'composer\.json',
    'init\.php',
    'src/[A-Z]\w+\.php',
    'src/(Exception|Internal|Resource|Result|Testing|Transport)/[A-Z]\w+\.php',
];

/** The version is in the source only; the package's composer.json has it for repositories that are folders. */
function composerJson(): string
{
    $manifest = json_decode((string) file_get_contents(ROOT . '/composer.json'), true, flags: JSON_THROW_ON_ERROR);
    $manifest = ['name' => $manifest['name'], 'version' => Client::VERSION] + $manifest;

    return json_encode($manifest, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR) . "\n";
}

/** @return array<string, string> the contents of the files, by their names in the package */
function files(): array
{
    $names = ['CHANGELOG.md', 'LICENSE', 'README.md', 'composer.json', 'init.php'];

    foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator(ROOT . '/src')) as $file) {
        if ($file->isFile()) {
            $names[] = substr($file->getPathname(), strlen(ROOT) + 1);
        }
    }
    sort($names);
    $read = static fn (string $name): string =>
        $name === 'composer.json' ? composerJson() : (string) file_get_contents(ROOT . "/$name");

    return array_combine($names, array_map($read, $names));
}

/** @param list<string> $names */
function checkContents(array $names): void
{
    $pattern = '~^(' . implode('|', CONTENTS) . ')$~D';
    $strange = array_filter($names, static fn (string $name): bool => preg_match($pattern, $name) !== 1);
    $strange === [] || fail('these files do not belong into the package: ' . implode(', ', $strange));

    foreach (CONTENTS as $wanted) {
        preg_grep("~^$wanted\$~D", $names) || fail("the package has no $wanted");
    }
}

$dist = $argv[1] ?? fail('usage: package.php FOLDER');
$root = 'syssecure-php-' . Client::VERSION;
$files = files();
checkContents(array_keys($files));
$zip = new Zip(TIME);

foreach ($files as $name => $contents) {
    $zip->add("$root/$name", $contents);
}
$bytes = $zip->bytes();
strlen($bytes) <= MAX_BYTES || fail('the package has ' . strlen($bytes) . ' bytes, more than ' . MAX_BYTES);
is_dir($dist) || mkdir($dist, recursive: true);
file_put_contents("$dist/$root.zip", $bytes);

// What was written is read again by another implementation.
$read = new \PharData("$dist/$root.zip");

foreach ($files as $name => $contents) {
    file_get_contents($read["$root/$name"]->getPathname()) === $contents || fail("$name changed in the package");
}
