curl "$SYSSECURE_BASE_URL/v2/sms/send" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "to": "+32470123456",
    "body": "Your parcel is on its way.",
    "from": "Acme"
  }'
