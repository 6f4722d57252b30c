for delivery in client.webhook_endpoints.deliveries(webhook_id):
    print(delivery.id, delivery.event, delivery.status)
