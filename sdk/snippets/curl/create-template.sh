curl "$SYSSECURE_BASE_URL/v2/templates" \
  -H "Authorization: Bearer $SYSSECURE_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "name": "Login",
    "translations": {
      "en": "{{code}} is your Acme code",
      "pt-BR": "{{code}} é o seu código Acme"
    }
  }'
