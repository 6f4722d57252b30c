endpoint = client.webhook_endpoints.create(
  url: "https://example.com/hooks/syssecure",
  events: %w[message.delivered otp.verified]
)
puts endpoint.id
secret = endpoint.secret # keep it: it is not shown again
