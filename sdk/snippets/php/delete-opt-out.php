$optOut = $client->optOuts->delete('+32470123456');
echo "$optOut->number may be sent messages again\n";
