curl -X POST "$SYSSECURE_BASE_URL/v2/messages/$MESSAGE_ID/cancel" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
