curl "$SYSSECURE_BASE_URL/v2/accounts/$ACCOUNT_ID/credits" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{"credits": 1000}'
