$message = $client->sandbox->forceOutcome($messageId, status: 'failed', reason: 'unreachable');
echo "$message->id $message->status $message->reason\n";
