$balance = $client->accounts->addCredits($accountId, credits: 1000);
echo "$balance->credits credits\n";
