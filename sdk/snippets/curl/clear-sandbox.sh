curl -X DELETE "$SYSSECURE_BASE_URL/v2/sandbox/messages?to=%2B32470123456" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
