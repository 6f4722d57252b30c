result = client.webhook_endpoints.delete(webhook_id)
puts result.deleted? # true
