<?php

declare(strict_types=1);

// Sends a code to a phone, asks for it, and checks it:
//
//     export SYSSECURE_API_KEY=sk_test_… SYSSECURE_BASE_URL=http://localhost:8080
//     php otp_flow.php +32470123456

require __DIR__ . '/../init.php';

use SysSecure\Client;
use SysSecure\Exception\InvalidPhoneException;
use SysSecure\Exception\RateLimitException;

$client = new Client();
$number = $argv[1] ?? exit("usage: php otp_flow.php NUMBER\n");

try {
    $otpId = $client->otp->send(to: $number, channels: ['whatsapp', 'sms'], expiresIn: 300, purpose: 'login')->id;
} catch (InvalidPhoneException $e) {
    exit("This is no number that can be reached: $e->errorMessage\n");
} catch (RateLimitException $e) {
    // The number got a code just before, which is still valid.
    $otpId = $e->otpId ?? exit("Too many codes. Try again in $e->retryAfter s.\n");
}

do {
    $code = readline('The code: ');

    if ($code === false) {
        $client->otp->cancel($otpId);
        exit("canceled\n");
    }
    $result = $client->otp->verify(otpId: $otpId, code: $code);
    echo $result->valid ? "verified\n" : "$result->reason, $result->attemptsRemaining more attempts\n";
} while ($result->reason === 'incorrect');
