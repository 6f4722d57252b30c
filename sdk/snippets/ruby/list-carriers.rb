client.carriers.list.each { |carrier| puts "#{carrier.name} #{carrier.kind} #{carrier.state}" }
