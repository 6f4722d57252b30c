curl "$SYSSECURE_BASE_URL/v2/requests?status=success&limit=20" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
