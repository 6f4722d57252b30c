curl "$SYSSECURE_BASE_URL/v2/inbound?from=%2B32470123456" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
