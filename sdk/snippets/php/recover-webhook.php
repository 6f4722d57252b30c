$recovery = $client->webhookEndpoints->recover(
    $webhookId,
    since: new DateTimeImmutable('-1 hour'),
);
echo $recovery->queued, ' ', $recovery->nextSince?->format('c'), "\n";
