foreach ($client->accounts->list(limit: 20) as $account) {
    echo "$account->id $account->name $account->credits\n";
}
