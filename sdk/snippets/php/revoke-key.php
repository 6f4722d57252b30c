$key = $client->keys->revoke($keyId);
echo "$key->id $key->status\n";
