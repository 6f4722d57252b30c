for template in client.templates.list():
    print(template.id, template.name)
