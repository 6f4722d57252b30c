WebhookEndpoint endpoint = client.webhookEndpoints().rotateSecret(webhookId);
String secret = endpoint.secret().orElseThrow(); // keep it: it is not shown again
System.out.println(endpoint.id() + " has a new secret");
