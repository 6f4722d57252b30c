preview = client.templates.preview_draft(
    locale="en",
    translations={"en": "{{code}} is your Acme code"},
)
print(preview.text, preview.segments, preview.encoding)
