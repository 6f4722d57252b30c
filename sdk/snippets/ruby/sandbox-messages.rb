client.sandbox.messages(to: "+32470123456").each do |message|
  puts "#{message.at} #{message.channel} #{message.body}"
end
