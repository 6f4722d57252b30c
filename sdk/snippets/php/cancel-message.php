$message = $client->messages->cancel($messageId);
echo $message->status, "\n"; // canceled
