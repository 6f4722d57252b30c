const result = await client.webhookEndpoints.delete(webhookId);
console.log(result.deleted); // true
