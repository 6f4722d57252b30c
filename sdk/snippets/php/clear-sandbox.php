$inbox = $client->sandbox->clear(to: '+32470123456');
echo "$inbox->cleared messages were removed\n";
