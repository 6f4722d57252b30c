$key = $client->keys->rotate($keyId, overlap: 3600); // for an hour both keys work
$secret = $key->secret; // keep it: it is not shown again
echo "$key->id replaces $key->replaces\n";
