$template = $client->templates->update($templateId, name: 'Sign in');
echo "$template->id $template->name\n";
