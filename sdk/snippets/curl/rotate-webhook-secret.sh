curl -X POST "$SYSSECURE_BASE_URL/v2/webhooks/$WEBHOOK_ID/rotate-secret" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
