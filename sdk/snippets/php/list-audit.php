foreach ($client->audit->list(limit: 20) as $entry) {
    echo $entry->createdAt->format('c'), " $entry->action $entry->object\n";
}
