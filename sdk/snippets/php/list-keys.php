foreach ($client->keys->list(status: 'working', limit: 20) as $key) {
    echo "$key->id $key->name $key->status\n";
}
