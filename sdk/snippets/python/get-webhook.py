endpoint = client.webhook_endpoints.get(webhook_id)
print(endpoint.url, endpoint.events, endpoint.enabled)
