$template = $client->templates->get($templateId);
foreach ($template->translations as $locale => $text) {
    echo "$locale: $text\n";
}
