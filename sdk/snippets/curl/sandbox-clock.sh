curl "$SYSSECURE_BASE_URL/v2/sandbox/clock" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{"advance": "301s"}'
