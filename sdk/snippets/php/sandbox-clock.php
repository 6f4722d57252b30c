$clock = $client->sandbox->clock(advance: '301s');
echo $clock->now->format('c'), ' ', $clock->offset, "\n";
