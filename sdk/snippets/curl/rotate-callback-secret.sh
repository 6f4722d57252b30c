curl -X POST "$SYSSECURE_BASE_URL/v2/webhooks/callback/rotate-secret" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
