foreach ($client->balance->entries(limit: 20) as $entry) {
    echo $entry->createdAt->format('c'), " $entry->kind $entry->credits\n";
}
