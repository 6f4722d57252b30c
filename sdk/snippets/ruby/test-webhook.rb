result = client.webhook_endpoints.test(webhook_id, event: "otp.verified")
puts result.delivered?, result.try.status_code, result.try.duration_ms
