curl "$SYSSECURE_BASE_URL/v2/analytics/conversion?group_by=country,channel" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
