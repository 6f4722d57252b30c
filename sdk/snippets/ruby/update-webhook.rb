endpoint = client.webhook_endpoints.update(webhook_id, events: %w[message.failed otp.failed])
puts endpoint.id, endpoint.events.join(", ")
