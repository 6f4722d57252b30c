curl "$SYSSECURE_BASE_URL/v2/messages?status=failed&country=US&limit=20" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
