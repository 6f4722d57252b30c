$account = $client->account->get();
echo "$account->id $account->name $account->defaultLocale\n";
