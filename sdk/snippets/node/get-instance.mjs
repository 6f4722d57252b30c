const instance = await client.instance.get();
console.log(instance.version, instance.database, instance.queued);
for (const { name, state, version } of instance.nodes) {
  console.log(name, state, version);
}
