for entry in client.balance.entries(limit=20):
    print(entry.created_at, entry.kind, entry.credits, entry.balance)
