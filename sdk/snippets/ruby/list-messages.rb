client.messages.list(status: "failed", country: "BE", limit: 20).each do |message|
  puts "#{message.id} #{message.channel} #{message.reason}"
end
