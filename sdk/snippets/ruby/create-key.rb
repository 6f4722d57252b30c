key = client.keys.create(name: "Shop backend", scopes: %w[send verify])
secret = key.secret # keep it: it is not shown again
puts "#{key.id} was made"
