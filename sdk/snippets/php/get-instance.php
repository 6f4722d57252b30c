$instance = $client->instance->get();
echo "$instance->version $instance->database $instance->queued\n";
foreach ($instance->nodes as $node) {
    echo "$node->name $node->state $node->version\n";
}
