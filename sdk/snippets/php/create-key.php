$key = $client->keys->create(name: 'Shop backend', scopes: ['send', 'verify']);
$secret = $key->secret; // keep it: it is not shown again
echo "$key->id was made\n";
