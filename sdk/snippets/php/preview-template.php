$preview = $client->templates->preview($templateId, locale: 'en');
echo "$preview->text ($preview->segments × $preview->encoding)\n";
