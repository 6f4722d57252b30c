Template template = client.templates().get(templateId);
template.translations().forEach((locale, text) -> System.out.println(locale + ": " + text));
