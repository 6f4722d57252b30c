message = client.messages.get(message_id)
print(message.status, message.delivered_at, message.reason)
