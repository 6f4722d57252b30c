preview = client.templates.preview_draft(
  locale: "en",
  translations: { "en" => "{{code}} is your Acme code" }
)
puts preview.text, preview.segments, preview.encoding
