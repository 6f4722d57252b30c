curl -X POST "$SYSSECURE_BASE_URL/v2/otp/$OTP_ID/cancel" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
