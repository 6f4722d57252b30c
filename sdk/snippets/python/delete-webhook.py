result = client.webhook_endpoints.delete(webhook_id)
print(result.deleted)  # True
