foreach ($client->webhookEndpoints->deliveries($webhookId) as $delivery) {
    echo "$delivery->id $delivery->event $delivery->status\n";
}
