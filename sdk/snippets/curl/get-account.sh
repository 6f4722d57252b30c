curl "$SYSSECURE_BASE_URL/v2/account" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
