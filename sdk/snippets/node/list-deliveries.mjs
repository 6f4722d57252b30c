for await (const delivery of client.webhookEndpoints.deliveries(webhookId)) {
  console.log(delivery.id, delivery.event, delivery.status);
}
