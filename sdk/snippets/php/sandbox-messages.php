foreach ($client->sandbox->messages(to: '+32470123456') as $message) {
    echo $message->at->format('c'), " $message->channel $message->body\n";
}
