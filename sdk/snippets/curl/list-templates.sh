curl "$SYSSECURE_BASE_URL/v2/templates" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
