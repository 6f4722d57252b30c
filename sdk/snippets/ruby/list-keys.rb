client.keys.list(limit: 20).each { |key| puts "#{key.id} #{key.name} #{key.status} #{key.last_used_at}" }
