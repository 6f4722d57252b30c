curl "$SYSSECURE_BASE_URL/v2/audit?limit=20" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
