$endpoint = $client->webhookEndpoints->rotateSecret($webhookId);
$secret = $endpoint->secret; // keep it: it is not shown again
echo "$endpoint->id has a new secret\n";
