$account = $client->accounts->create(name: 'Acme', credits: 1000);
$secret = $account->callbackSecret; // keep it: it is not shown again
echo "$account->id $account->credits\n";
