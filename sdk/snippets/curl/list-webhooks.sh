curl "$SYSSECURE_BASE_URL/v2/webhooks" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY"
