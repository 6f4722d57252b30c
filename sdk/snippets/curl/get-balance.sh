curl "$SYSSECURE_BASE_URL/v2/balance" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
