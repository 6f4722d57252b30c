curl -X PATCH "$SYSSECURE_BASE_URL/v2/account" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{"from": "Acme", "credits_low": 1000}'
