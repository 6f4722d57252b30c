key = client.keys.revoke(key_id)
print(key.id, key.status, key.revoked_at)
