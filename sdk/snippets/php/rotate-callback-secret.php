$callback = $client->webhookEndpoints->rotateCallbackSecret();
$secret = $callback->secret; // keep it: it is not shown again
echo "Callbacks have a new secret\n";
