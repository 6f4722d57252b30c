$carrier = $client->carriers->resume('smsc-1');
echo "$carrier->name $carrier->state\n";
