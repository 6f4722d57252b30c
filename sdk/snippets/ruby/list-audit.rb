client.audit.list(limit: 20).each do |entry|
  puts "#{entry.created_at} #{entry.actor.name} #{entry.action} #{entry.object}"
end
