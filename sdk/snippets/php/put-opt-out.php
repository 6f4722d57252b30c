$optOut = $client->optOuts->put('+32470123456');
echo $optOut->number, ' ', $optOut->createdAt->format('c'), "\n";
