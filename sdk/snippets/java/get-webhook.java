WebhookEndpoint endpoint = client.webhookEndpoints().get(webhookId);
System.out.println(endpoint.url() + " " + endpoint.events() + " " + endpoint.enabled());
