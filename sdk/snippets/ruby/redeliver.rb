delivery = client.webhook_endpoints.redeliver(webhook_id, event_id)
puts delivery.event, delivery.status, delivery.attempts
