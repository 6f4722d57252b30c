key = client.keys.revoke(key_id)
puts "#{key.id} #{key.status} #{key.revoked_at}"
