Template template = client.templates().update(
        templateId, TemplateUpdateParams.builder().name("Sign in").build());
System.out.println(template.id() + " " + template.name());
