curl "$SYSSECURE_BASE_URL/v2/otp/$OTP_ID/resend" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{"channel": "sms"}'
