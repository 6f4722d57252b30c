curl "$SYSSECURE_BASE_URL/v2/otp/verify" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d "{\"otp_id\": \"$OTP_ID\", \"code\": \"000000\"}"
