message = client.messages.cancel(message_id)
print(message.status)  # canceled
