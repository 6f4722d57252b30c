$endpoint = $client->webhookEndpoints->create(
    url: 'https://example.com/hooks/syssecure',
    events: ['message.delivered', 'otp.verified'],
);
echo $endpoint->id, "\n";
$secret = $endpoint->secret; // keep it: it is not shown again
