const callback = await client.webhookEndpoints.rotateCallbackSecret();
const secret = callback.secret; // keep it: it is not shown again
console.log('Callbacks have a new secret');
