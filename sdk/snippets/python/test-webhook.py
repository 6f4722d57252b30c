result = client.webhook_endpoints.test(webhook_id, event="otp.verified")
print(result.delivered, result.try_.status_code, result.try_.duration_ms)
