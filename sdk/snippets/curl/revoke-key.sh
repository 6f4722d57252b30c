curl -X DELETE "$SYSSECURE_BASE_URL/v2/keys/$KEY_ID" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
