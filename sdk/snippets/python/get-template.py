template = client.templates.get(template_id)
for locale, text in template.translations.items():
    print(locale, text)
