curl "$SYSSECURE_BASE_URL/v2/webhooks" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "url": "https://example.com/hooks/syssecure",
    "events": ["message.delivered", "otp.verified"]
  }'
