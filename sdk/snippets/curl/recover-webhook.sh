curl "$SYSSECURE_BASE_URL/v2/webhooks/$WEBHOOK_ID/recover" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d "{\"since\": \"$(date -u -d '1 hour ago' +%FT%TZ)\"}"
