$report = $client->analytics->conversion(groupBy: ['country', 'channel']);
foreach ($report->data as $line) {
    echo "$line->country $line->channel $line->conversionRate\n";
}
echo "{$report->total->codes} {$report->total->verified}\n";
