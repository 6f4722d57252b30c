const preview = await client.templates.previewDraft({
  locale: 'en',
  translations: { en: '{{code}} is your Acme code' },
});
console.log(preview.text, preview.segments, preview.encoding);
