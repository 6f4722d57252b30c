carrier = client.carriers.pause("smsc-1")
puts "#{carrier.name} #{carrier.state}"
