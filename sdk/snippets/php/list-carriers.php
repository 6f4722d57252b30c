foreach ($client->carriers->list() as $carrier) {
    echo "$carrier->name $carrier->kind $carrier->state\n";
}
