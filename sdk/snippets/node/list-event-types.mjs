for await (const type of client.webhookEndpoints.eventTypes()) {
  console.log(type.event, type.description);
}
