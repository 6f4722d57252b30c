const carrier = await client.carriers.resume('smsc-1');
console.log(carrier.name, carrier.state);
