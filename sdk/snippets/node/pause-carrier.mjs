const carrier = await client.carriers.pause('smsc-1');
console.log(carrier.name, carrier.state);
