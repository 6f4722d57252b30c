for await (const key of client.keys.list({ status: 'working', limit: 20 })) {
  console.log(key.id, key.name, key.status, key.lastUsedAt);
}
