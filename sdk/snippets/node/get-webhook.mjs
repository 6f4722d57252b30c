const endpoint = await client.webhookEndpoints.get(webhookId);
console.log(endpoint.url, endpoint.events, endpoint.enabled);
