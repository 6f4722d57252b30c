for (Delivery delivery : client.webhookEndpoints().deliveries(webhookId).autoPaging()) {
    System.out.println(delivery.id() + " " + delivery.event() + " " + delivery.status());
}
