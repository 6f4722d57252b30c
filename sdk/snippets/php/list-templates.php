foreach ($client->templates->list() as $template) {
    echo "$template->id $template->name\n";
}
