$result = $client->webhookEndpoints->delete($webhookId);
var_dump($result->deleted); // bool(true)
