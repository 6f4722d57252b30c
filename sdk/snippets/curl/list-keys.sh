curl "$SYSSECURE_BASE_URL/v2/keys?status=working&limit=20" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
