endpoint = client.webhook_endpoints.get(webhook_id)
puts endpoint.url, endpoint.events.join(", "), endpoint.enabled?
