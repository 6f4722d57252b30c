inbox = client.sandbox.clear(to: "+32470123456")
puts "#{inbox.cleared} messages were removed"
