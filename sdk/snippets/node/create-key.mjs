const key = await client.keys.create({ name: 'Shop backend', scopes: ['send', 'verify'] });
const secret = key.secret; // keep it: it is not shown again
console.log(key.id, 'was made');
