for await (const carrier of client.carriers.list()) {
  console.log(carrier.name, carrier.kind, carrier.state);
}
