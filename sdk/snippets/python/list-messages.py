for message in client.messages.list(status="failed", country="US", limit=20):
    print(message.id, message.channel, message.reason)
