template = client.templates.create(
    name="Login",
    translations={
        "en": "{{code}} is your Acme code",
        "pt-BR": "{{code}} é o seu código Acme",
    },
)
print(template.id)
