$endpoint = $client->webhookEndpoints->update(
    $webhookId,
    events: ['message.failed', 'otp.failed'],
);
echo $endpoint->id, ' ', implode(', ', $endpoint->events), "\n";
