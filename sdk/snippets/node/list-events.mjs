for await (const event of client.events.list({ limit: 20 })) {
  console.log(event.id, event.event, event.createdAt);
}
