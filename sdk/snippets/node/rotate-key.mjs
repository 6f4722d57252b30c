const key = await client.keys.rotate(keyId, { overlap: 3600 }); // for an hour both keys work
const secret = key.secret; // keep it: it is not shown again
console.log(key.id, 'replaces', key.replaces);
