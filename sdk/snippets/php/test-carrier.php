$result = $client->carriers->test('smsc-1');
foreach ($result->checks as $check) {
    echo $check->name, $check->ok ? ' works ' : ' fails ', $check->note, "\n";
}
