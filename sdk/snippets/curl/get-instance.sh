curl "$SYSSECURE_BASE_URL/v2/instance" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
