curl "$SYSSECURE_BASE_URL/v2/accounts?limit=20" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
