message = client.messages.get(message_id)
puts message.status, message.delivered_at, message.reason
