template = client.templates.update(template_id, name: "Sign in")
puts template.id, template.name
