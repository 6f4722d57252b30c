$message = $client->messages->get($messageId);
echo "$message->status $message->reason ", $message->deliveredAt?->format('c'), "\n";
