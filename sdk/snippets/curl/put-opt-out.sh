curl -X PUT "$SYSSECURE_BASE_URL/v2/opt-outs/+32470123456" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
