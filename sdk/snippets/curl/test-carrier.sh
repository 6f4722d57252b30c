curl "$SYSSECURE_BASE_URL/v2/carriers/smsc-1/test" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{}'
