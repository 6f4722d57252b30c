curl "$SYSSECURE_BASE_URL/v2/messages/$MESSAGE_ID" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
