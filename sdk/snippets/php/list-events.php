foreach ($client->events->list(limit: 20) as $event) {
    echo "$event->id $event->event ", $event->createdAt->format('c'), "\n";
}
