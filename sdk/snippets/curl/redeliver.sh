curl -X POST "$SYSSECURE_BASE_URL/v2/webhooks/$WEBHOOK_ID/deliveries/$EVENT_ID/redeliver" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
