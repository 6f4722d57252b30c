foreach ($client->webhookEndpoints->eventTypes() as $type) {
    echo "$type->event: $type->description\n";
}
