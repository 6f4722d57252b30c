$report = $client->explainNumber('+32470123456');
echo "$report->summary\n";
foreach ($report->findings as $finding) {
    echo $finding->at->format('c'), " $finding->text\n";
}
