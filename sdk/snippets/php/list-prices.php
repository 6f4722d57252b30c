foreach ($client->balance->prices() as $price) {
    echo "$price->channel $price->prefix $price->credits credits a $price->unit\n";
}
