curl -X POST "$SYSSECURE_BASE_URL/v2/carriers/smsc-1/pause" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
