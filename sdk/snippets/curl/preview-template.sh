curl "$SYSSECURE_BASE_URL/v2/templates/$TEMPLATE_ID/preview" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{"locale": "en"}'
