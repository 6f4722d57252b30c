curl "$SYSSECURE_BASE_URL/v2/prices" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
