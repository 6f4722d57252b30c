curl "$SYSSECURE_BASE_URL/v2/webhooks/event-types" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
