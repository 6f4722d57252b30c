endpoint = client.webhook_endpoints.update(
    webhook_id, events=["message.failed", "otp.failed"]
)
print(endpoint.id, endpoint.events)
