foreach ($client->optOuts->list(limit: 20) as $optOut) {
    echo "$optOut->number $optOut->source ", $optOut->createdAt->format('c'), "\n";
}
