TemplatePreview preview = client.templates().previewDraft(
        TemplatePreviewDraftParams.builder(Map.of("en", "{{code}} is your Acme code")).locale("en").build());
System.out.println(preview.text() + " " + preview.segments() + " " + preview.encoding());
