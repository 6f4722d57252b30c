const recovery = await client.webhookEndpoints.recover(webhookId, {
  since: new Date(Date.now() - 3_600_000),
});
console.log(recovery.queued, recovery.nextSince);
