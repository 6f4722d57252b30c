carrier = client.carriers.resume("smsc-1")
puts "#{carrier.name} #{carrier.state}"
