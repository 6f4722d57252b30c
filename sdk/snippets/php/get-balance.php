$balance = $client->balance->get();
echo "$balance->credits, and $balance->held held\n";
