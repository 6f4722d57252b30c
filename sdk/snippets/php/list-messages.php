foreach ($client->messages->list(status: 'failed', country: 'US', limit: 20) as $message) {
    echo "$message->id $message->channel $message->reason\n";
}
