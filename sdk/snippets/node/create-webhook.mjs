const endpoint = await client.webhookEndpoints.create({
  url: 'https://example.com/hooks/syssecure',
  events: ['message.delivered', 'otp.verified'],
});
console.log(endpoint.id);
const secret = endpoint.secret; // keep it: it is not shown again
