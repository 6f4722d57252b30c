$delivery = $client->webhookEndpoints->redeliver($webhookId, $eventId);
echo "$delivery->event $delivery->status $delivery->attempts\n";
