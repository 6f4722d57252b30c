for await (const endpoint of client.webhookEndpoints.list()) {
  console.log(endpoint.id, endpoint.url, endpoint.enabled);
}
