$number = $client->lookup('+32470123456');
var_dump($number->valid);
echo "$number->country $number->type\n";
