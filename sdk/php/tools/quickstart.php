<?php

declare(strict_types=1);

// Installs the package of dist into empty projects, with Composer and without, and runs the quickstart of README.md in
// each against SYSSECURE_BASE_URL. The argument is the folder dist.

namespace SysSecure\Tools;

require __DIR__ . '/common.php';

const PUBLISHED_KEY = 'sk_live_your_key_here';
const PUBLISHED_URL = 'https://otp.example.com';
const PUBLISHED_CODE = '847291';

/** The published program, with the key and the code of the sandbox. */
function program(string $autoload): string
{
    foreach (readmeBlocks() as $block) {
        if ($block['heading'] === 'Quickstart') {
            return strtr($block['code'], [
                PUBLISHED_KEY => getenv('SYSSECURE_API_KEY') ?: fail('set SYSSECURE_API_KEY'),
                PUBLISHED_URL => getenv('SYSSECURE_BASE_URL') ?: fail('set SYSSECURE_BASE_URL'),
                PUBLISHED_CODE => '000000',
                "'vendor/autoload.php'" => "'$autoload'",
            ]);
        }
    }
    fail('README.md has no quickstart');
}

function runIn(string $form, string $project, string $autoload): void
{
    file_put_contents("$project/quickstart.php", program($autoload));
    $printed = run([PHP_BINARY, 'quickstart.php'], $project);
    $printed === "bool(true)\n" || fail("$form printed: $printed");
}

$folder = temporaryFolder();
$package = unpack($argv[1] ?? fail('usage: quickstart.php FOLDER'), $folder);

[$project, $environment] = composerProject($package, $folder);
run(['composer', 'require', '--no-progress', 'syssecure/syssecure-php:^2.3'], $project, $environment);
runIn('Composer', $project, 'vendor/autoload.php');

mkdir("$folder/plain");
rename($package, "$folder/plain/syssecure-php");
runIn('init.php', "$folder/plain", 'syssecure-php/init.php');
echo "true with Composer and with init.php\n";
