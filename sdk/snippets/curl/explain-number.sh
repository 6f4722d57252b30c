curl "$SYSSECURE_BASE_URL/v2/lookup/+32470123456/explain" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
