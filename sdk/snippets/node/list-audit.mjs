for await (const entry of client.audit.list({ limit: 20 })) {
  console.log(entry.createdAt, entry.actor.name, entry.action, entry.object);
}
