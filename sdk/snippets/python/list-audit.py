for entry in client.audit.list(limit=20):
    print(entry.created_at, entry.actor.name, entry.action, entry.object)
