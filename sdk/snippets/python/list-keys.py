for key in client.keys.list(status="working", limit=20):
    print(key.id, key.name, key.status, key.last_used_at)
