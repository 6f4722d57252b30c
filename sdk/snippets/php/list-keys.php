foreach ($client->keys->list(limit: 20) as $key) {
    echo "$key->id $key->name $key->status\n";
}
