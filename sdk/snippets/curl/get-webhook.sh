curl "$SYSSECURE_BASE_URL/v2/webhooks/$WEBHOOK_ID" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
