<?php

declare(strict_types=1);

// Sends a text to every number of a CSV file with the columns id and number:
//
//     export SYSSECURE_API_KEY=sk_test_… SYSSECURE_BASE_URL=http://localhost:8080
//     php bulk_sms.php numbers.csv "We deliver today."
//
// The idempotency keys make it safe to start it again after it broke off: nobody gets the text twice within 24 hours.

require __DIR__ . '/../init.php';

use SysSecure\Client;
use SysSecure\Exception\BadRequestException;
use SysSecure\Exception\InvalidPhoneException;

if (count($argv) !== 3) {
    exit("usage: php bulk_sms.php FILE TEXT\n");
}
[, $file, $text] = $argv;
$rows = fopen($file, 'r');
$client = new Client(maxRetries: 5, maxRetryAfter: 60);
$sent = 0;

while (($row = fgetcsv($rows, escape: '')) !== false) {
    [$id, $number] = $row;

    try {
        $client->sms->send(to: $number, body: $text, metadata: ['id' => $id], idempotencyKey: "bulk-2026-12-$id");
        $sent++;
    } catch (BadRequestException | InvalidPhoneException $e) {
        echo "$id was left out: $e->errorMessage\n";
    }
}
echo "$sent sent\n";
