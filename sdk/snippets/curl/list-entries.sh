curl "$SYSSECURE_BASE_URL/v2/balance/entries?limit=20" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
