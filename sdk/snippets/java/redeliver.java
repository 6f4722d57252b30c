Delivery delivery = client.webhookEndpoints().redeliver(webhookId, eventId);
System.out.println(delivery.event() + " " + delivery.status() + " " + delivery.attempts());
