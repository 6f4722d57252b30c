const endpoint = await client.webhookEndpoints.rotateSecret(webhookId);
const secret = endpoint.secret; // keep it: it is not shown again
console.log(endpoint.id, 'has a new secret');
