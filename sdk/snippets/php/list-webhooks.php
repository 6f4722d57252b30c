foreach ($client->webhookEndpoints->list() as $endpoint) {
    echo "$endpoint->id $endpoint->url ", $endpoint->enabled ? 'on' : 'off', "\n";
}
