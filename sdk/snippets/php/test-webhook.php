$result = $client->webhookEndpoints->test($webhookId, event: 'otp.verified');
var_dump($result->delivered);
echo "{$result->try->statusCode} after {$result->try->durationMs} ms\n";
