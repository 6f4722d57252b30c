key = client.keys.rotate(key_id, overlap: 3600) # for an hour both keys work
secret = key.secret # keep it: it is not shown again
puts "#{key.id} replaces #{key.replaces}"
