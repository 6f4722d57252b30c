for event in client.events.list(limit=20):
    print(event.id, event.event, event.created_at)
