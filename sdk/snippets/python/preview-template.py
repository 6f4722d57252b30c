preview = client.templates.preview(template_id, locale="en")
print(preview.text, preview.segments, preview.encoding)
