curl "$SYSSECURE_BASE_URL/v2/sandbox/messages/$MESSAGE_ID/outcome" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{"status": "failed", "reason": "unreachable"}'
