curl "$SYSSECURE_BASE_URL/v2/carriers" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
