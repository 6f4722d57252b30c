for kind in client.webhook_endpoints.event_types():
    print(kind.event, kind.description)
