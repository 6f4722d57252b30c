const plan = await client.routes.explain({ to: '+32470123456', channels: ['sms'] });
for (const { channel, carrier, credits, chosen } of plan.steps) {
  console.log(channel, carrier, credits, chosen);
}
