curl "$SYSSECURE_BASE_URL/v2/templates/preview" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "locale": "en",
    "translations": {"en": "{{code}} is your Acme code"}
  }'
