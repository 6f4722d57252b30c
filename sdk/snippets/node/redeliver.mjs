const delivery = await client.webhookEndpoints.redeliver(webhookId, eventId);
console.log(delivery.event, delivery.status, delivery.attempts);
