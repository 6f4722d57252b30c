foreach ($client->inbound->list(limit: 20) as $message) {
    echo $message->receivedAt->format('c'), " $message->channel $message->body\n";
}
