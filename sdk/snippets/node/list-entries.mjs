for await (const entry of client.balance.entries({ limit: 20 })) {
  console.log(entry.createdAt, entry.kind, entry.credits, entry.balance);
}
