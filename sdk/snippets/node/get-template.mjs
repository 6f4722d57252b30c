const template = await client.templates.get(templateId);
for (const [locale, text] of Object.entries(template.translations)) {
  console.log(locale, text);
}
