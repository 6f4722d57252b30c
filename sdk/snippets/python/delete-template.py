result = client.templates.delete(template_id)
print(result.deleted)  # True
