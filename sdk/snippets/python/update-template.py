template = client.templates.update(template_id, name="Sign in")
print(template.id, template.name)
