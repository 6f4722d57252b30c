curl "$SYSSECURE_BASE_URL/v2/webhooks/$WEBHOOK_ID/deliveries" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
