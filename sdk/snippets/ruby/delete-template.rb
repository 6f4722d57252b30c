result = client.templates.delete(template_id)
puts result.deleted? # true
