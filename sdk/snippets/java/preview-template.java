TemplatePreview preview = client.templates().preview(
        templateId, TemplatePreviewParams.builder().locale("en").build());
System.out.println(preview.text() + " " + preview.segments() + " " + preview.encoding());
