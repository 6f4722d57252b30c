$account = $client->account->update(from: 'Acme', creditsLow: 1000);
echo "$account->from $account->creditsLow\n";
