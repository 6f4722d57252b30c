curl "$SYSSECURE_BASE_URL/v2/accounts" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "name": "Acme",
    "credits": 1000
  }'
