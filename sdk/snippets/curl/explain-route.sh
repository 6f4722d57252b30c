curl "$SYSSECURE_BASE_URL/v2/routes/explain?to=%2B32470123456&channels=sms" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
