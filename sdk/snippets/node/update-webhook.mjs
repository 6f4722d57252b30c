const endpoint = await client.webhookEndpoints.update(webhookId, {
  events: ['message.failed', 'otp.failed'],
});
console.log(endpoint.id, endpoint.events);
