client.messages.list(status: "failed", country: "US", limit: 20).each do |message|
  puts "#{message.id} #{message.channel} #{message.reason}"
end
