$endpoint = $client->webhookEndpoints->get($webhookId);
echo $endpoint->url, ' ', implode(', ', $endpoint->events), "\n";
var_dump($endpoint->enabled);
