const preview = await client.templates.preview(templateId, { locale: 'en' });
console.log(preview.text, preview.segments, preview.encoding);
