curl "$SYSSECURE_BASE_URL/v2/keys" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "name": "Shop backend",
    "scopes": ["send", "verify"]
  }'
