<?php

declare(strict_types=1);

// Receives webhooks:
//
//     WEBHOOK_SECRET=whsec_… php -S localhost:8000 webhook_server.php

require __DIR__ . '/../init.php';

use SysSecure\Exception\WebhookSignatureException;
use SysSecure\Webhook;

try {
    $event = Webhook::constructEvent(
        file_get_contents('php://input'),
        $_SERVER['HTTP_X_SYSSECURE_SIGNATURE'] ?? null,
        (string) getenv('WEBHOOK_SECRET'),
    );
} catch (WebhookSignatureException $e) {
    http_response_code(400);
    exit("$e->reason\n");
}

$line = match ($event->type) {
    'message.delivered' => "message $event->messageId arrived after $event->latencyMs ms",
    'message.failed' => "message $event->messageId failed: $event->reason",
    'message.received' => "there is a message from a phone: $event->inboundId",
    'otp.verified' => "code $event->otpId was verified",
    default => $event->type,
};
file_put_contents('php://stderr', "$line\n");
http_response_code(204);
