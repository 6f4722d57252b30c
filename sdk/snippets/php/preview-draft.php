$preview = $client->templates->previewDraft(
    locale: 'en',
    translations: ['en' => '{{code}} is your Acme code'],
);
echo "$preview->text ($preview->segments × $preview->encoding)\n";
