curl "$SYSSECURE_BASE_URL/v2/otp/send" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "to": "+32470123456",
    "channels": ["whatsapp", "sms"],
    "expires_in": 300,
    "purpose": "login"
  }'
