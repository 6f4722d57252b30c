$carrier = $client->carriers->pause('smsc-1');
echo "$carrier->name $carrier->state\n";
