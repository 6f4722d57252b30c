for (WebhookEndpoint endpoint : client.webhookEndpoints().list().autoPaging()) {
    System.out.println(endpoint.id() + " " + endpoint.url() + " " + endpoint.enabled());
}
