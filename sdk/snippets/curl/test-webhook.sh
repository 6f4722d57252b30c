curl "$SYSSECURE_BASE_URL/v2/webhooks/$WEBHOOK_ID/test" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{"event": "otp.verified"}'
