curl "$SYSSECURE_BASE_URL/v2/keys/$KEY_ID/rotate" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{"overlap": 3600}'
