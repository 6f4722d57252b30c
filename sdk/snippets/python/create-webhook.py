endpoint = client.webhook_endpoints.create(
    url="https://example.com/hooks/syssecure",
    events=["message.delivered", "otp.verified"],
)
print(endpoint.id)
secret = endpoint.secret  # keep it: it is not shown again
