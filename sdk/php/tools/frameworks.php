<?php

declare(strict_types=1);

// Sends webhooks to the handlers of README.md: that of plain PHP in PHP's web server, and that of PSR-15. They use the
// package of dist, whose folder is the argument.

namespace SysSecure\Tools;

use SysSecure\Webhook;

require __DIR__ . '/common.php';
require __DIR__ . '/psr15.php';
require __DIR__ . '/WebServer.php';

const SECRET = 'whsec_frameworks';

function block(string $kind): string
{
    foreach (readmeBlocks() as $block) {
        if ($block['kind'] === $kind) {
            return $block['code'];
        }
    }
    fail("README.md has no block of the kind \"$kind\"");
}

/**
 * Posts webhooks to a handler.
 *
 * @param \Closure(string, ?string): int $post gets the body and the signature, and returns the status
 */
function checkHandler(string $name, \Closure $post): void
{
    // Spaces, an escape and a form's & that no parser would write again as they are.
    $body = "{ \"event\" : \"message.failed\",\n \"message_id\":\"msg_1\", \"reason\":\"\u00e9 caf\\u00e9 a&b=c\" }\n";
    $cases = [
        'a genuine webhook' => [$body, Webhook::sign($body, SECRET), 204],
        'another secret' => [$body, Webhook::sign($body, 'whsec_other'), 400],
        'another body' => [trim($body), Webhook::sign($body, SECRET), 400],
        'an old signature' => [$body, Webhook::sign($body, SECRET, time() - 301), 400],
        'no signature' => [$body, null, 400],
        'an empty body' => ['', Webhook::sign('', SECRET), 400],
    ];

    foreach ($cases as $case => [$sent, $signature, $wanted]) {
        $status = $post($sent, $signature);
        $status === $wanted || fail("$name answered $status to $case");
    }
    printf("%s: %d webhooks answered\n", $name, count($cases));
}

$folder = temporaryFolder();
$package = unpack($argv[1] ?? fail('usage: frameworks.php FOLDER'), $folder);
[$project, $environment] = composerProject($package, $folder);
run(['composer', 'require', '--no-progress', 'syssecure/syssecure-php'], $project, $environment);
require "$project/vendor/autoload.php";

file_put_contents("$project/webhook.php", block('php handler'));
$server = new WebServer("$project/webhook.php", ['WEBHOOK_SECRET' => SECRET]);
checkHandler('plain PHP', $server->post(...));

file_put_contents("$project/WebhookHandler.php", "<?php\n" . block('php psr15'));
require "$project/WebhookHandler.php";
$handler = new \WebhookHandler(new PsrResponse(), SECRET);
checkHandler('PSR-15', static fn (string $body, ?string $signature): int =>
    $handler->handle(new PsrRequest($body, $signature))->getStatusCode());
