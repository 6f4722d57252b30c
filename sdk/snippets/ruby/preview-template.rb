preview = client.templates.preview(template_id, locale: "en")
puts preview.text, preview.segments, preview.encoding
