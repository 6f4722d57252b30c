Template template = client.templates().create(TemplateCreateParams.builder("Login", Map.of(
        "en", "{{code}} is your Acme code",
        "pt-BR", "{{code}} é o seu código Acme")).build());
System.out.println(template.id());
