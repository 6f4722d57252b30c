WebhookEndpoint endpoint = client.webhookEndpoints().update(webhookId,
        WebhookEndpointUpdateParams.builder().events("message.failed", "otp.failed").build());
System.out.println(endpoint.id() + " " + endpoint.events());
