WebhookEndpoint endpoint = client.webhookEndpoints().create(
        WebhookEndpointCreateParams.builder("https://example.com/hooks/syssecure")
                .events("message.delivered", "otp.verified").build());
System.out.println(endpoint.id());
String secret = endpoint.secret().orElseThrow(); // keep it: it is not shown again
