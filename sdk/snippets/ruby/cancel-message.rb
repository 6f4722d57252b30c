message = client.messages.cancel(message_id)
puts message.status # canceled
