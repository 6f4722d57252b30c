<?php

declare(strict_types=1);

// Runs every block of README.md, and the examples, with the package of dist against SYSSECURE_BASE_URL. The argument is
// the folder dist.

namespace SysSecure\Tools;

use SysSecure\Client;
use SysSecure\Webhook;

require __DIR__ . '/../init.php';
require __DIR__ . '/common.php';
require __DIR__ . '/WebServer.php';

const HEADINGS = ['Install', 'Requirements', 'Quickstart', 'Verify a code', 'Send an SMS', 'Errors',
    'Retries and idempotency', 'Timeouts', 'Pagination', 'Webhooks', 'Testing your integration', 'Logging', 'Advanced',
    'Versioning'];

/** What comes before each block that is no whole program. */
const PRELUDE = <<<'PHP'
    <?php
    require 'vendor/autoload.php';
    $client = new SysSecure\Client();
    $_SESSION = [];
    $_POST = ['code' => '000000'];

    PHP;

/** Blocks that `make frameworks` runs: that of a web server, and that of PSR-15. */
const OF_FRAMEWORKS = ['php handler', 'php psr15'];

function checkHeadings(): void
{
    preg_match_all('/^## (.+)$/m', (string) file_get_contents(ROOT . '/README.md'), $match);
    $match[1] === HEADINGS || fail('README.md has these headings: ' . implode(', ', $match[1]));
}

/** Lets so much time pass in the sandbox that no limit is left from the block before. */
function letLimitsPass(): void
{
    (new Client())->sandbox->clock('1h', reset: true);
}

/**
 * Runs a block in a project.
 *
 * @param array{kind: string, heading: string, code: string} $block
 * @param array<string, string> $environment of Composer
 */
function runBlock(array $block, string $project, array $environment): void
{
    letLimitsPass();
    $php = [PHP_BINARY, '-d', 'zend.assertions=1', '-d', 'error_reporting=-1', 'block.php'];
    $code = strtr($block['code'], [
        'sk_live_your_key_here' => (string) getenv('SYSSECURE_API_KEY'),
        'https://otp.example.com' => (string) getenv('SYSSECURE_BASE_URL'),
        '847291' => '000000',
    ]);

    switch ($block['kind']) {
        case 'bash':
            run(['bash', '-e', '-c', $code], $project, $environment);
            is_file("$project/vendor/autoload.php") || fail('Composer has installed nothing');
            break;
        case 'php':
            file_put_contents("$project/block.php", str_starts_with($code, '<?php') ? $code : PRELUDE . $code);
            check($block, run($php, $project));
            break;
        default:
            in_array($block['kind'], OF_FRAMEWORKS, true) || fail("nothing runs blocks of kind \"{$block['kind']}\"");
    }
}

/**
 * Compares what a block printed with what its comments say.
 *
 * @param array{kind: string, heading: string, code: string} $block
 */
function check(array $block, string $printed): void
{
    $isWrong = preg_match('/^(PHP )?(Warning|Notice|Deprecated|Fatal error)/m', $printed) === 1;
    preg_match_all('~// (bool\(true\))$~m', $block['code'], $said);
    $missing = array_filter($said[1], static fn (string $text): bool => !str_contains($printed, $text));

    if ($isWrong || $missing !== []) {
        fail("the block under {$block['heading']} printed:\n$printed\n{$block['code']}");
    }
}

function runExamples(string $folder): void
{
    letLimitsPass();
    $php = [PHP_BINARY, '-d', 'error_reporting=-1'];
    $flow = run([...$php, ROOT . '/examples/otp_flow.php', '+32470123456'], $folder, input: "123456\n000000\n");
    preg_match('/incorrect, \d more attempts.*verified/s', $flow) === 1 || fail("otp_flow.php printed: $flow");

    file_put_contents("$folder/numbers.csv", "a,+32470123457\nb,wrong\nc,+32470123458\n");
    $bulk = run([...$php, ROOT . '/examples/bulk_sms.php', 'numbers.csv', 'We deliver today.'], $folder);
    preg_match('/^b was left out: .+\n2 sent\n$/s', $bulk) === 1 || fail("bulk_sms.php printed: $bulk");

    $server = new WebServer(ROOT . '/examples/webhook_server.php', ['WEBHOOK_SECRET' => 'whsec_example']);
    $body = '{"event":"message.received","inbound_id":"inb_1"}';
    $statuses = [
        $server->post($body, Webhook::sign($body, 'whsec_example')),
        $server->post($body, Webhook::sign($body, 'whsec_other')),
    ];
    $statuses === [204, 400] || fail('webhook_server.php answered ' . implode(', ', $statuses));
}

checkHeadings();
$folder = temporaryFolder();
$package = unpack($argv[1] ?? fail('usage: readme.php FOLDER'), $folder);
[$project, $environment] = composerProject($package, $folder);
$blocks = readmeBlocks();

foreach ($blocks as $block) {
    runBlock($block, $project, $environment);
}
runExamples($folder);
echo count($blocks) - count(OF_FRAMEWORKS), " blocks and 3 examples ran; make frameworks runs the other blocks\n";
