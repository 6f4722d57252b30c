curl "$SYSSECURE_BASE_URL/v2/otp/$OTP_ID" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
