delivery = client.webhook_endpoints.redeliver(webhook_id, event_id)
print(delivery.event, delivery.status, delivery.attempts)
