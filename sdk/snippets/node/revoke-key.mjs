const key = await client.keys.revoke(keyId);
console.log(key.id, key.status, key.revokedAt);
