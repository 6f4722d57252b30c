client.events.list(limit: 20).each do |event|
  puts "#{event.id} #{event.event} #{event.created_at}"
end
