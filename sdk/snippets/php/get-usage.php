$usage = $client->usage->get(groupBy: ['day', 'country']);
foreach ($usage->data as $line) {
    echo "$line->day $line->country $line->messages $line->credits\n";
}
echo "{$usage->total->messages} {$usage->total->credits}\n";
