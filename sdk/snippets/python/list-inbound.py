for message in client.inbound.list(limit=20):
    print(message.received_at, message.channel, message.body)
