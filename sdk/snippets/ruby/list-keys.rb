client.keys.list(status: "working", limit: 20).each do |key|
  puts "#{key.id} #{key.name} #{key.status} #{key.last_used_at}"
end
