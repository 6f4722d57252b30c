for endpoint in client.webhook_endpoints.list():
    print(endpoint.id, endpoint.url, endpoint.enabled)
