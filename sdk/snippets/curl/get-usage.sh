curl "$SYSSECURE_BASE_URL/v2/usage?group_by=day,country" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
