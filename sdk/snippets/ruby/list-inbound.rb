client.inbound.list(limit: 20).each do |message|
  puts "#{message.received_at} #{message.channel} #{message.body}"
end
